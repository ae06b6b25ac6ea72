import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { Inviting, TeamAnswer } from "@/api/hub-schema";
import { useAct } from "@/api/useAct";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { askHubAgain, hub } from "./hubApi";

const ROLES = ["participant", "instructor", "observer"] as const;
type Role = NonNullable<Inviting["role"]>;

/** An invite into a team, shown once as a link. */
export function Invites({ teams, mayMakeTeams }: { teams: TeamAnswer[]; mayMakeTeams: boolean }) {
  const [name, setName] = useState(teams[0]?.name ?? "");
  const [role, setRole] = useState<Role>("participant");
  const [uses, setUses] = useState("1");
  const [link, setLink] = useState("");
  const invite = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    const known = teams.find((one) => one.name === name.trim());
    const team = known ?? (await hub.makeTeam(name.trim()));
    const made = await hub.invite(team.id, { role, uses: Number(uses) || 1 });
    setLink(made.link);
    askHubAgain();
  });
  return (
    <Card title="Invite" className="span4" id="invite">
      <form onSubmit={invite.run} aria-labelledby="invite">
        <Field label="Team" hint={mayMakeTeams ? "A new name makes a new team" : undefined}>
          <input
            list="teams"
            value={name}
            required
            maxLength={64}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <datalist id="teams">
          {teams.map((one) => (
            <option key={one.id} value={one.name} />
          ))}
        </datalist>
        <div className="two">
          <Field label="Role">
            <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
              {ROLES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </Field>
          <Field label="For how many">
            <input
              type="number"
              min="1"
              max="1000"
              value={uses}
              onInput={(event) => setUses(event.currentTarget.value)}
            />
          </Field>
        </div>
        <ErrorNote error={invite.error} />
        {link && (
          <Field label="Link" hint="Shown this once">
            <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          </Field>
        )}
        <div className="actions">
          <Button type="submit" busy={invite.busy}>
            Make an invite
          </Button>
        </div>
      </form>
    </Card>
  );
}
