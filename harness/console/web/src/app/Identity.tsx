import { lazy, Suspense, useRef, useState } from "react";
import { place } from "@/api/place";
import { session } from "@/api/session";

const JoinForm = lazy(() => import("./JoinForm"));

export type Roles = Record<string, string[]>;

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
  if (isIn && joined) setJoined("");
  return session.person !== "" && session.person !== joined && !isIn;
}

export function Identity({ roles, instructor }: { roles: Roles; instructor: boolean }) {
  const [open, setOpen] = useState(!session.person && !instructor);
  const [joined, setJoined] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const people = new Set(Object.values(roles).flat());
  const isLost = useIsLost(people, joined, setJoined) && !instructor;
  const [wasLost, setWasLost] = useState(false);
  if (isLost !== wasLost) {
    setWasLost(isLost);
    if (isLost) setOpen(true);
  }
  // A name that is not in would be refused with everything that is written under it.
  const close = () => {
    if (isLost && !place) session.person = "";
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
        ref={button}
        className="button quiet who"
        onClick={() => (open ? close() : setOpen(true))}
        aria-expanded={open}
      >
        {session.person || "Who are you?"}
      </button>
      {open && (
        <Suspense>
          <JoinForm
            button={button}
            roles={roles}
            lost={isLost ? session.person : ""}
            onEnter={enter}
            onClose={close}
          />
        </Suspense>
      )}
    </>
  );
}
