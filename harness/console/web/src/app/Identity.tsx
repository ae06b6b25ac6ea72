import { lazy, Suspense, useState } from "react";
import { place } from "@/api/place";
import { followAnew } from "@/api/live";
import { session } from "@/api/session";
import { shelf } from "@/api/shelf";

const JoinForm = lazy(() => import("./JoinForm"));

export type Roles = Record<string, string[]>;

export interface IdentityState {
  isOpen: boolean;
  /** Opened by its button: the keyboard goes into the form, and back to the button. */
  isAsked: boolean;
  /** Whose role was taken away, or is of an earlier drill; empty for everybody else. */
  lost: string;
  toggle: () => void;
  close: () => void;
  enter: (person: string) => void;
}

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

/** Who one is, and whether that is asked. */
export function useIdentity(roles: Roles, instructor: boolean, known: boolean): IdentityState {
  const [isOpen, setOpen] = useState(!session.person);
  const [isAsked, setAsked] = useState(false);
  const [joined, setJoined] = useState("");
  const people = new Set(Object.values(roles).flat());
  const isLost = useIsLost(people, joined, setJoined) && !instructor && known;
  const [wasLost, setWasLost] = useState(false);
  if (isLost !== wasLost) {
    setWasLost(isLost);
    if (isLost) setOpen(true);
  }
  const shut = () => {
    setOpen(false);
    if (isAsked) document.querySelector<HTMLElement>(".top .who")?.focus();
    setAsked(false);
  };
  // A name that is not in would be refused with everything that is written under it.
  const close = () => {
    if (isLost && !place) session.person = "";
    shut();
  };
  return {
    isOpen: isOpen && !instructor && known,
    isAsked,
    lost: isLost ? session.person : "",
    close,
    toggle: () => {
      if (isOpen) close();
      else {
        setOpen(true);
        setAsked(true);
      }
    },
    enter: (person) => {
      setJoined(people.has(person) ? "" : person);
      shelf.rename(person);
      followAnew();
      shut();
    },
  };
}

export function IdentityButton({ who, instructor }: { who: IdentityState; instructor: boolean }) {
  if (instructor) return <span className="who">Instructor</span>;
  return (
    <button className="button quiet who" onClick={who.toggle} aria-expanded={who.isOpen}>
      {session.person || "Who are you?"}
    </button>
  );
}

/** Asks who one is, above the view: it covers nothing. */
export function Welcome({ who, roles }: { who: IdentityState; roles: Roles }) {
  if (!who.isOpen) return null;
  return (
    <Suspense>
      <JoinForm
        roles={roles}
        lost={who.lost}
        isAsked={who.isAsked}
        onEnter={who.enter}
        onClose={who.close}
      />
    </Suspense>
  );
}
