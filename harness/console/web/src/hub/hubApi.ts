// The hub's own API. What it answers is typed by its document.

import { useQuery } from "@tanstack/react-query";
import { ask, posted } from "@/api/client";
import type {
  Board,
  Catalogue,
  DoneForTeams,
  EventAnswer,
  EventMessage,
  Inviting,
  Me,
  NewInviteAnswer,
  RunAnswer,
  SignedInAnswer,
  Standings,
  Starting,
  TeamAnswer,
  Trend,
} from "@/api/hub-schema";
import type { Problem } from "@/api/problems";
import { queries } from "@/api/queries";

async function get<T>(path: string): Promise<T> {
  return (await (await ask(path, {})).json()) as T;
}

async function post<T>(path: string, body: object = {}): Promise<T> {
  return (await (await ask(path, posted(body))).json()) as T;
}

export const hub = {
  me: () => get<Me>("/v1/me"),
  runs: () => get<RunAnswer[]>("/v1/runs"),
  catalogue: (team: string) => get<Catalogue>(`/v1/teams/${team}/catalogue`),
  trend: (team: string) => get<Trend>(`/v1/teams/${team}/trend`),
  join: (code: string, name: string) => post<SignedInAnswer>("/v1/join", { code, name }),
  signOut: () => post("/v1/me/sign-out"),
  makeTeam: (name: string) => post<TeamAnswer>("/v1/teams", { name }),
  invite: (team: string, body: Inviting) =>
    post<NewInviteAnswer>(`/v1/teams/${team}/invites`, body),
  start: (team: string, body: Starting) => post<RunAnswer>(`/v1/teams/${team}/runs`, body),
  stop: (run: string) => post<RunAnswer>(`/v1/runs/${run}/stop`),
  events: () => get<EventAnswer[]>("/v1/events"),
  board: (event: string) => get<Board>(`/v1/events/${event}/board`),
  standings: (event: string) => get<Standings>(`/v1/events/${event}/standings`),
  startEvent: (event: string) => post<DoneForTeams>(`/v1/events/${event}/start`),
  restartTeam: (event: string, team: string) =>
    post<EventAnswer>(`/v1/events/${event}/restarts`, { team }),
  tellEvent: (event: string, body: EventMessage) =>
    post<DoneForTeams>(`/v1/events/${event}/messages`, body),
  resume: (run: string) => post<RunAnswer>(`/v1/runs/${run}/resume`),
};

/** The answer to a question of the hub, asked again every `everyMs` (0: once). */
export function useHub<T>(name: string, question: () => Promise<T>, everyMs = 0) {
  const { data, error } = useQuery<T, Problem>({
    queryKey: ["hub", name],
    queryFn: question,
    refetchInterval: everyMs || false,
  });
  return { data, error };
}

export const askHubAgain = () => void queries.invalidateQueries({ queryKey: ["hub"] });
