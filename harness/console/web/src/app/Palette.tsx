// Whatever has a name, by a few letters of it: views, actions, and what the drill has. Fetched when
// somebody asks for it.

import { Command, defaultFilter } from "cmdk";
import { useMemo, useState } from "react";
import type { Status } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { Dialog } from "@/components/Dialog";
import type { Findable } from "@/lib/findables";
import { findables, foundBy, traceOf } from "@/lib/findables";
import type { Action } from "./actions";

const TRACES_MAX = 100;
/** Of a group, beside the others; before a letter is typed there are fewer than these of any. */
const SHOWN_EACH = 30;
const NONE: readonly never[] = [];

/** What is in the list: an action, or something that is gone to. */
interface Entry {
  id: string;
  group: string;
  title: string;
  more?: string;
  keys?: readonly string[] | undefined;
  score: (typed: string) => number;
  run: () => void;
}

const ofAction = ({ title, group, keys, run }: Action): Entry => ({
  id: `${group} ${title}`,
  group,
  title,
  keys,
  score: (typed) => defaultFilter(title, typed),
  run,
});

const ofFindable = (one: Findable): Entry => ({
  ...one,
  score: (typed) => foundBy(typed, one),
  run: () => {
    location.hash = one.href;
  },
});

/** All that the drill has; asked for once, as the list opens. */
function useFindables(status: Status): readonly Findable[] {
  const isUp = status.phase !== "starting";
  const { data: deploys } = usePoll(isUp ? "/v1/deploys" : null);
  const { data: failed } = usePoll(isUp ? "/v1/traces" : null, 0, {
    errors: true,
    limit: TRACES_MAX,
  });
  return useMemo(
    () => findables({ status, deploys: deploys ?? NONE, failed: failed?.traces ?? NONE }),
    [status, deploys, failed],
  );
}

/** What is called so, the best first, with its group: the best of each decides where that stands. */
function inGroups(entries: readonly Entry[], typed: string): [string, Entry[]][] {
  const found = entries
    .map((entry) => ({ entry, score: typed ? entry.score(typed) : 1 }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score);
  const groups = new Map<string, Entry[]>();
  for (const { entry } of found)
    groups.set(entry.group, [...(groups.get(entry.group) ?? NONE), entry].slice(0, SHOWN_EACH));
  return [...groups];
}

export default function Palette({
  actions,
  status,
  close,
}: {
  actions: readonly Action[];
  status: Status;
  close: () => void;
}) {
  const [typed, setTyped] = useState("");
  const things = useFindables(status);
  // Before a letter is typed, what there always is; then whatever is called that.
  const asked = typed.trim();
  const byId = traceOf(asked);
  const groups = byId
    ? inGroups([ofFindable(byId)], "trace")
    : inGroups([...actions.map(ofAction), ...(asked ? things.map(ofFindable) : NONE)], asked);
  const chosen = (entry: Entry) => {
    close();
    entry.run();
  };
  return (
    <Dialog label="Search" close={close} className="palette">
      <Command label="Search" loop shouldFilter={false}>
        <Command.Input
          placeholder="A view, service, deploy, trace, person, or what to do"
          autoFocus
          value={typed}
          onValueChange={setTyped}
        />
        <Command.List label="What was found">
          <Command.Empty>Nothing is called that.</Command.Empty>
          {groups.map(([group, entries]) => (
            <Command.Group key={group} heading={group}>
              {entries.map((one) => (
                <Command.Item key={one.id} value={one.id} onSelect={() => chosen(one)}>
                  <span>{one.title}</span>
                  {one.more && <span className="muted more">{one.more}</span>}
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
