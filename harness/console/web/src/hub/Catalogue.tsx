import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { TeamAnswer } from "@/api/hub-schema";
import { useAct } from "@/api/useAct";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { DrillChooser, useDrillChoice } from "@/components/DrillChooser";
import { ErrorNote } from "@/components/ErrorNote";
import { asked } from "@/lib/picking";
import { askHubAgain, hub, useHub } from "./hubApi";
import { TeamChoice } from "./TeamChoice";

/** What a team can have next, what it has had, and the button that starts it. */
export function Catalogue({ teams }: { teams: TeamAnswer[] }) {
  const [team, setTeam] = useState(teams[0]?.id ?? "");
  const { data, error } = useHub(`catalogue ${team}`, () => hub.catalogue(team));
  const [choice, put] = useDrillChoice();
  const start = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await hub.start(team, asked(choice));
    askHubAgain();
    location.hash = "#/drills";
  });
  return (
    <Card title="Next drill" className="span12" id="next">
      <ErrorNote error={error} />
      <form onSubmit={start.run} aria-labelledby="next">
        <DrillChooser
          known={data}
          had={data?.had ?? {}}
          choice={choice}
          put={put}
          first={<TeamChoice teams={teams} team={team} choose={setTeam} />}
        >
          <ErrorNote error={start.error} />
          <div className="actions">
            <Button type="submit" kind="primary" busy={start.busy}>
              Start the drill
            </Button>
            <span className="muted">{choice.scenario}</span>
          </div>
        </DrillChooser>
      </form>
    </Card>
  );
}
