// What this is and who one is: asked above the view. Fetched when somebody is asked.

import type { SyntheticEvent } from "react";
import { useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { place } from "@/api/place";
import { session } from "@/api/session";
import { useAct } from "@/api/useAct";
import { usePoll } from "@/api/usePoll";
import { Button } from "@/components/Button";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { toast } from "@/components/Toast";
import { ABOUT } from "./about";
import type { Roles } from "./Identity";

export default function JoinForm({
  roles: holders,
  lost,
  isAsked,
  onEnter,
  onClose,
}: {
  roles: Roles;
  lost: string;
  /** Somebody asked for it: the keyboard goes there. */
  isAsked: boolean;
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
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isAsked) return;
    box.current?.scrollIntoView({ block: "center" });
    box.current?.querySelector("input")?.focus();
  }, [isAsked]);
  const chosen = roles?.find((one) => one.id === role);
  return (
    <section
      ref={box}
      className="welcome"
      aria-label="Your name and role"
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <form onSubmit={join.run} aria-label="Who you are">
        {lost ? (
          <p className="note warn" role="alert">
            {lost} has no role in this drill. Take a role to write under this name.
          </p>
        ) : (
          <p>{ABOUT}</p>
        )}
        <div className="fields">
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
          <Field label="Role">
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
          <div className="actions">
            <Button type="submit" kind="primary" busy={join.busy}>
              Join
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Later
            </Button>
          </div>
        </div>
      </form>
      <p className="muted">
        {chosen
          ? `${chosen.title}: ${chosen.responsibilities.join(" · ")}`
          : "You may hold several roles; join once for each."}
      </p>
      <ErrorNote error={join.error} />
    </section>
  );
}
