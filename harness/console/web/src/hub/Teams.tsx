import { useState } from "react";
import type { TeamAnswer } from "@/api/hub-schema";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { TeamHistory } from "@/features/history/TeamHistory";
import { askHubAgain, hub, useHub } from "./hubApi";
import { TeamChoice } from "./TeamChoice";

/** How each of one's teams does from drill to drill. */
export function Teams({ teams }: { teams: TeamAnswer[] }) {
  const [team, setTeam] = useState(teams[0]?.id ?? "");
  if (!team) return <Empty>You are in no team yet.</Empty>;
  return (
    <>
      <div className="two">
        <TeamChoice teams={teams} team={team} choose={setTeam} />
      </div>
      <Trend key={team} team={team} />
    </>
  );
}

function Trend({ team }: { team: string }) {
  const { data, error } = useHub(`trend ${team}`, () => hub.trend(team));
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Loading what="Reading the team’s drills" />;
  return <TeamHistory data={data} again={askHubAgain} />;
}
