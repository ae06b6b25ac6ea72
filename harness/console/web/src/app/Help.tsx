import { Fragment, useEffect, useRef } from "react";
import { Button } from "@/components/Button";
import type { MenuView } from "./views";

const LICENSES = "/static/licenses.txt";

const SHORTCUTS = [
  ["a", "acknowledge all pages"],
  ["h", "add a hypothesis"],
  ["/", "search in this view"],
  ["?", "show this list"],
  ["Esc", "close"],
];

export function Help({ views, close }: { views: readonly MenuView[]; close: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog ref={box} onClose={close} aria-label="Keyboard shortcuts">
      <h2>Keyboard shortcuts</h2>
      <dl className="keys">
        {views.map((view) => (
          <Fragment key={view.id}>
            <dt>
              <kbd>g</kbd> <kbd>{view.key}</kbd>
            </dt>
            <dd>{view.title}</dd>
          </Fragment>
        ))}
        {SHORTCUTS.map(([key, what]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
      <p className="muted">
        Written with the work of others: <a href={LICENSES}>their licences</a>.
      </p>
      <form method="dialog">
        <Button type="submit">Close</Button>
      </form>
    </dialog>
  );
}
