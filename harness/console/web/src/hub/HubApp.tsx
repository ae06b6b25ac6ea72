import type { Me } from "@/api/hub-schema";
import { Refused } from "@/api/problems";
import { session } from "@/api/session";
import { useTheme } from "@/app/useTheme";
import { Button } from "@/components/Button";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { Toast } from "@/components/Toast";
import { askHubAgain, hub, useHub } from "./hubApi";
import { Invites } from "./Invites";
import { isInvited, Lobby } from "./Lobby";
import { Runs } from "./Runs";
import { StartForm } from "./StartForm";

/** Teams in which somebody may start drills and invite people. */
function ledBy(me: Me) {
  return me.teams.filter(({ role }) => role === "instructor" || (me.is_manager && !role));
}

export function HubApp() {
  const { data: me, error } = useHub("me", hub.me);
  const [theme, nextTheme] = useTheme();
  if (error instanceof Refused && error.status === 401) return <Lobby />;
  if (isInvited && !session.token) return <Lobby />;
  if (!me) return error ? <ErrorNote error={error} /> : <Loading what="Asking the hub" />;
  const led = ledBy(me);
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
        <div />
        <div className="me">
          <span className="who">{me.name}</span>
          <button className="button quiet" onClick={nextTheme} title="Theme: light, dark or auto">
            {theme}
          </button>
          <Button kind="quiet" onClick={leave}>
            Sign out
          </Button>
        </div>
      </header>
      <main id="main" className="view grid">
        <h1 className="unseen">Drills of your teams</h1>
        <Runs />
        {led.length > 0 && <StartForm teams={led} />}
        {(led.length > 0 || me.is_manager) && <Invites teams={led} mayMakeTeams={me.is_manager} />}
      </main>
      <Toast />
    </>
  );
}
