// Asks who one is. Fetched when somebody is asked.

import type { RefObject, SyntheticEvent } from "react";
import { useState } from "react";
import { Dialog, Popover } from "react-aria-components";
import { api } from "@/api/client";
import { place } from "@/api/place";
import { session } from "@/api/session";
import { useAct } from "@/api/useAct";
import { usePoll } from "@/api/usePoll";
import { Button } from "@/components/Button";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { toast } from "@/components/Toast";
import type { Roles } from "./Identity";

export default function JoinForm({
  button,
  roles: holders,
  lost,
  onEnter,
  onClose,
}: {
  /** What opens it: it hangs there, and the keyboard goes back to it. */
  button: RefObject<HTMLButtonElement | null>;
  roles: Roles;
  lost: string;
  onEnter: (person: string) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(session.person);
  const [role, setRole] = useState("");
  const { data: roles } = usePoll("/v1/roles");
  const person = name.trim();
  const holds = (id: string) => (holders[id] || []).includes(person);
  const held = Object.keys(holders).filter(holds);
  const join = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    if (role && !holds(role)) await api.post("/v1/roles/join", { person, role });
    onEnter(person);
    void toast(`${person} joined as ${role || held.join(", ")}`);
  });
  return (
    <Popover
      isOpen
      isNonModal
      triggerRef={button}
      placement="bottom end"
      className="popover"
      onOpenChange={(isOpen) => !isOpen && onClose()}
      // A name that is not in is dropped when this closes: no stray click does that.
      shouldCloseOnInteractOutside={() => false}
    >
      <Dialog aria-label="Your name and role">
        <form onSubmit={join.run} aria-label="Who you are">
          {lost && (
            <p className="note warn" role="alert">
              {lost} has no role in this drill. Take a role to write under this name.
            </p>
          )}
          <Field label="Your name">
            <input
              value={name}
              readOnly={place !== "" && session.person !== ""}
              required
              pattern={".*\\S.*"}
              maxLength={64}
              onInput={(e) => setName(e.currentTarget.value)}
            />
          </Field>
          <Field label="Role" hint="You may hold several roles; join once for each">
            <select
              value={role}
              required={!held.length}
              onChange={(e) => setRole(e.currentTarget.value)}
            >
              <option value="">{held.length ? `keep: ${held.join(", ")}` : "choose"}</option>
              {(roles || []).map((one) => (
                <option key={one.id} value={one.id}>
                  {one.title}
                  {holders[one.id] ? ` (${holders[one.id]?.join(", ")})` : ""}
                </option>
              ))}
            </select>
          </Field>
          {role && roles && (
            <ul className="checklist">
              {roles
                .find((one) => one.id === role)
                ?.responsibilities.map((line) => (
                  <li key={line}>{line}</li>
                ))}
            </ul>
          )}
          <ErrorNote error={join.error} />
          <div className="actions">
            <Button type="submit" kind="primary" busy={join.busy}>
              Join
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Later
            </Button>
          </div>
        </form>
      </Dialog>
    </Popover>
  );
}
