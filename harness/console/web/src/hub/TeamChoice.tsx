import type { TeamAnswer } from "@/api/hub-schema";
import { Field } from "@/components/Field";

/** Which of one's teams. */
export function TeamChoice({
  teams,
  team,
  choose,
}: {
  teams: TeamAnswer[];
  team: string;
  choose: (id: string) => void;
}) {
  return (
    <Field label="Team">
      <select value={team} onChange={(event) => choose(event.currentTarget.value)}>
        {teams.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </Field>
  );
}
