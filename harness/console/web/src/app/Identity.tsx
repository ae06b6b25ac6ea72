import type { SyntheticEvent } from "react";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { session } from "@/api/session";
import { useAct } from "@/api/useAct";
import { usePoll } from "@/api/usePoll";
import { Button } from "@/components/Button";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { toast } from "@/components/Toast";

type Roles = Record<string, string[]>;

/**
 * Whether the name in this browser holds no role: it is of an earlier drill, or its role was taken
 * away. The status is some seconds behind, so whoever has `joined` just now counts as in.
 */
function useIsLost(
  people: ReadonlySet<string>,
  joined: string,
  setJoined: (person: string) => void,
) {
  const isIn = people.has(session.person);
  useEffect(() => {
    if (isIn) setJoined("");
  }, [isIn]);
  return session.person !== "" && session.person !== joined && !isIn;
}

export function Identity({ roles, instructor }: { roles: Roles; instructor: boolean }) {
  const [open, setOpen] = useState(!session.person && !instructor);
  const [joined, setJoined] = useState("");
  const people = new Set(Object.values(roles).flat());
  const isLost = useIsLost(people, joined, setJoined) && !instructor;
  useEffect(() => {
    if (isLost) setOpen(true);
  }, [isLost]);
  // A name that is not in would be refused with everything that is written under it.
  const close = () => {
    if (isLost) session.person = "";
    setOpen(false);
  };
  const enter = (person: string) => {
    setJoined(people.has(person) ? "" : person);
    session.person = person;
    setOpen(false);
  };
  if (instructor) return <span className="who">Instructor</span>;
  return (
    <>
      <button
        className="button quiet who"
        onClick={() => (open ? close() : setOpen(true))}
        aria-expanded={open}
      >
        {session.person || "Who are you?"}
      </button>
      {open && (
        <JoinForm
          roles={roles}
          lost={isLost ? session.person : ""}
          onEnter={enter}
          onClose={close}
        />
      )}
    </>
  );
}

function JoinForm({
  roles: holders,
  lost,
  onEnter,
  onClose,
}: {
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
    toast(`${person} joined as ${role || held.join(", ")}`);
  });
  return (
    <form
      className="popover"
      onSubmit={join.run}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      aria-label="Who you are"
    >
      {lost && (
        <p className="note warn" role="alert">
          {lost} has no role in this drill. Take a role to write under this name.
        </p>
      )}
      <Field label="Your name">
        <input
          value={name}
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
  );
}
