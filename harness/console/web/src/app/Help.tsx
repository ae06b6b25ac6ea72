import { Fragment } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import type { MenuView } from "./views";

const LICENSES = "/static/licenses.txt";

const SHORTCUTS = [
  ["a", "acknowledge all pages"],
  ["h", "add a hypothesis"],
  ["/", "search in this view, or everywhere"],
  ["f", "full screen: the dashboard panel in use"],
  ["Ctrl K", "search views, services, traces, deploys, people, actions"],
  ["?", "show this list"],
  ["Esc", "close"],
];

export default function Help({ views, close }: { views: readonly MenuView[]; close: () => void }) {
  return (
    <Dialog label="Keyboard shortcuts" close={close}>
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
      <Button onClick={close}>Close</Button>
    </Dialog>
  );
}
