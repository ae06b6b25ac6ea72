// Views and actions by a few letters of their names. Fetched when somebody asks for it.

import { Command } from "cmdk";
import { Dialog } from "@/components/Dialog";
import type { Action } from "./actions";

export default function Palette({
  actions,
  close,
}: {
  actions: readonly Action[];
  close: () => void;
}) {
  const chosen = (action: Action) => {
    close();
    action.run();
  };
  const groups = [...new Set(actions.map((one) => one.group))];
  return (
    <Dialog label="Search views and actions" close={close} className="palette">
      <Command label="Search views and actions" loop>
        <Command.Input placeholder="Go to a view, or do something" autoFocus />
        <Command.List label="Views and actions">
          <Command.Empty>Nothing is called that.</Command.Empty>
          {groups.map((group) => (
            <Command.Group key={group} heading={group}>
              {actions
                .filter((one) => one.group === group)
                .map((one) => (
                  <Command.Item key={one.title} value={one.title} onSelect={() => chosen(one)}>
                    {one.title}
                    <span className="v-push" />
                    {one.keys?.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </Command.Item>
                ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
