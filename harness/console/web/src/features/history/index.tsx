// History: how the team does from drill to drill.

import { usePoll } from "@/api/usePoll";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { TeamHistory } from "./TeamHistory";

export default function History() {
  const { data, error, again } = usePoll("/v1/history");
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Loading />;
  return <TeamHistory data={data} again={again} />;
}
