import type { Me } from "@/api/hub-schema";
import { Refused } from "@/api/problems";
import { session } from "@/api/session";
import { useTheme } from "@/app/useTheme";
import { useView } from "@/app/useView";
import { Button } from "@/components/Button";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { Toast } from "@/components/Toast";
import { askHubAgain, hub, useHub } from "./hubApi";
import { Catalogue } from "./Catalogue";
import { Events } from "./Events";
import { Invites } from "./Invites";
import { isInvited, Lobby } from "./Lobby";
import { Ranking } from "./Ranking";
import { Runs } from "./Runs";
import { Teams } from "./Teams";

/** Teams in which somebody may start drills and invite people. */
function ledBy(me: Me) {
  return me.teams.filter(({ role }) => role === "instructor" || (me.is_manager && !role));
}

const TITLES = {
  drills: "Drills",
  catalogue: "Catalogue",
  events: "Events",
  teams: "Teams and trends",
};
/** What is shown on a wall, without the menu. */
const WALL = "ranking";
type Page = keyof typeof TITLES;

function Menu({ pages, page }: { pages: readonly Page[]; page: Page }) {
  return (
    <nav className="open" aria-label="Pages">
      {pages.map((one) => (
        <a key={one} href={`#/${one}`} aria-current={one === page ? "page" : undefined}>
          {TITLES[one]}
        </a>
      ))}
    </nav>
  );
}

export function HubApp() {
  const { data: me, error } = useHub("me", hub.me);
  const [theme, nextTheme] = useTheme();
  const view = useView();
  if (error instanceof Refused && error.status === 401) return <Lobby />;
  if (isInvited && !session.token) return <Lobby />;
  if (!me) return error ? <ErrorNote error={error} /> : <Loading what="Asking the hub" />;
  const led = ledBy(me);
  const pages = (["drills", "catalogue", "events", "teams"] as const).filter(
    (one) => one !== "catalogue" || led.length > 0,
  );
  const page = pages.find((one) => one === view) ?? "drills";
  const isWall = view === WALL;
  const leave = async () => {
    await hub.signOut().catch(() => {});
    session.enter("", "");
    askHubAgain();
  };
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <div className="brand">
          <strong>3AM</strong> <span className="muted">hub</span>
        </div>
        <div className="me">
          <span className="who">{me.name}</span>
          <button className="button quiet" onClick={nextTheme} title="Theme: light, dark or auto">
            {theme}
          </button>
          <Button kind="quiet" onClick={leave}>
            Sign out
          </Button>
        </div>
        <Menu pages={pages} page={page} />
      </header>
      <main id="main" className={`view grid ${isWall ? "view-projector" : ""}`}>
        <h1 className="unseen">{isWall ? "Ranking" : TITLES[page]}</h1>
        {isWall ? <Ranking /> : <PageOf page={page} me={me} led={led} />}
      </main>
      <Toast />
    </>
  );
}

function PageOf({ page, me, led }: { page: Page; me: Me; led: Me["teams"] }) {
  switch (page) {
    case "drills":
      return (
        <>
          <Runs />
          {(led.length > 0 || me.is_manager) && (
            <Invites teams={led} mayMakeTeams={me.is_manager} />
          )}
        </>
      );
    case "catalogue":
      return <Catalogue teams={led} />;
    case "events":
      return <Events />;
    case "teams":
      return (
        <div className="span12">
          <Teams teams={me.teams} />
        </div>
      );
  }
}
