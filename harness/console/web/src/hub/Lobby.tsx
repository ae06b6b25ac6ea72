import type { SyntheticEvent } from "react";
import { useState } from "react";
import { session } from "@/api/session";
import { useAct } from "@/api/useAct";
import { Button } from "@/components/Button";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { askHubAgain, hub } from "./hubApi";
import { codeIn, takeCodeFromAddress } from "./invite";

const INVITED = takeCodeFromAddress();

/** Whether somebody opened an invite: it is used before anything else is shown. */
export const isInvited = INVITED !== "";

/** The way in: an invite, and a name. */
export function Lobby() {
  const [text, setText] = useState(INVITED);
  const [name, setName] = useState("");
  const code = codeIn(text);
  const join = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    const signedIn = await hub.join(code, name.trim());
    session.enter(signedIn.token, signedIn.name);
    askHubAgain();
  });
  return (
    <main id="main" className="refusal">
      <h1>3AM</h1>
      <p>Incident drills on a real shop. You come in by an invite.</p>
      <form onSubmit={join.run} aria-label="Join">
        <Field label="Invite" hint="The link that you were sent, or the code in it">
          <input
            value={text}
            required
            autoComplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </Field>
        <Field label="Your name" hint="What you do is known under it">
          <input
            value={name}
            maxLength={64}
            autoFocus={INVITED !== ""}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <ErrorNote error={join.error} />
        <div className="actions">
          <Button type="submit" kind="primary" busy={join.busy} disabled={!code}>
            Join
          </Button>
        </div>
      </form>
    </main>
  );
}
