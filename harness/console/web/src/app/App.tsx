import { Bell, Keyboard, Menu, Moon, Search, Sun, SunMoon } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import type { LiveState } from "@/api/live";
import { moment } from "@/api/moment";
import { shelf } from "@/api/shelf";
import { useLive } from "@/api/useLive";
import { Badge } from "@/components/Badge";
import { Loading } from "@/components/Loading";
import { Toast } from "@/components/Toast";
import { Slider } from "@/features/review/Slider";
import { CallBanner } from "./Calls";
import { IdentityButton, useIdentity, Welcome } from "./Identity";
import { Refusal } from "./Refusal";
import type { GuideAt } from "./Strip";
import { Strip } from "./Strip";
import { View } from "./View";
import { actionsOf } from "./actions";
import type { Opened } from "./useKeys";
import { useCalls } from "./useCalls";
import { useKeys } from "./useKeys";
import { useTheme } from "./useTheme";
import { useView } from "./useView";
import { GROUP_NAMES, VIEWS } from "./views";

const Alarms = lazy(() => import("./Alarms"));
const Guide = lazy(() => import("./Guide"));
const Help = lazy(() => import("./Help"));
const Palette = lazy(() => import("./Palette"));
const NOBODY = {};
/** Views that stand on a wall: nothing leads on there. */
const WALLS: readonly string[] = ["projector", "deck"];
const THEME_ICONS = { auto: SunMoon, light: Sun, dark: Moon };

function Connection({ state }: { state: LiveState["connection"] }) {
  if (state === "live" && moment.stands) return <Badge kind="quiet">review</Badge>;
  if (state === "live") return <Badge kind="good">live</Badge>;
  if (state === "over") return <Badge kind="quiet">ended</Badge>;
  return <Badge kind="warn">{state === "refused" ? "refused" : "reconnecting"}</Badge>;
}

/** How many things wait in a view. */
function Count({ of = 0 }: { of: number | undefined }) {
  if (of === 0) return null;
  return (
    <span className="count">
      {of}
      <span className="unseen"> waiting</span>
    </span>
  );
}

/**
 * Scrolls the menu alone. `scrollIntoView` would also make Tab go on from there, past the link that
 * skips the menu.
 */
function showInMenu(link: Element | null) {
  const menu = link?.closest("nav");
  if (!link || !menu) return;
  const [at, room] = [link.getBoundingClientRect(), menu.getBoundingClientRect()];
  menu.scrollLeft += at.left + at.width / 2 - (room.left + room.width / 2);
}

export function App() {
  const live = useLive();
  const id = useView();
  const [theme, nextTheme] = useTheme();
  const [opened, open] = useState<Opened>(null);
  const instructor = live.status?.audience === "instructor";
  const views = useMemo(() => VIEWS.filter((view) => !view.instructor || instructor), [instructor]);
  useKeys(views, opened, open);
  const called = useCalls(live);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [guide, openGuide] = useState<GuideAt | null>(null);
  const roles = live.status?.exercise.roles ?? NOBODY;
  const who = useIdentity(roles, instructor, live.status !== null);
  const current = VIEWS.find((view) => view.id === id);
  const isHere = Boolean(live.status);
  // On a narrow screen the menu scrolls: where one is must be in sight.
  useEffect(() => {
    if (isHere) showInMenu(document.querySelector(`.top nav a[href="#/${CSS.escape(id)}"]`));
  }, [id, isHere]);
  const drill = live.status?.drill_id;
  useEffect(() => {
    if (drill) shelf.tidy();
  }, [drill]);
  useEffect(() => {
    const waiting = called.total > 0 ? `(${called.total}) ` : "";
    document.title = `${waiting}${current?.title || "3AM"} · ${live.status?.drill_id || "3AM"}`;
  });
  if (live.connection === "refused") return <Refusal problem={live.problem} />;
  if (!live.status)
    return (
      <Loading
        what={
          live.connection === "connecting"
            ? "Connecting to the drill"
            : "The drill does not answer yet; retrying"
        }
      />
    );
  const isWall = WALLS.includes(id);
  const isStarting = live.status.phase === "starting" && !live.over;
  const ThemeIcon = THEME_ICONS[theme];
  const forbidden = current?.instructor && !instructor;
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <div className="brand">
          <strong>3AM</strong> <span className="muted">{live.status.drill_id}</span>{" "}
          <Connection state={live.connection} />
          {live.status.machine_busy && (
            <span className="busy-badge" role="status" title={live.status.machine_busy}>
              <Badge kind="warn">machine busy</Badge>
            </span>
          )}
        </div>
        <div className="me">
          <IdentityButton who={who} instructor={instructor} />
          <button className="button quiet" onClick={() => open("palette")} title="Ctrl K">
            <Search className="icon" aria-hidden="true" /> <span>Search</span>
          </button>
          <button
            className="button quiet"
            onClick={() => open("alarms")}
            aria-label="How you are called"
            title="How you are called: sound, notifications"
          >
            <Bell className="icon" aria-hidden="true" />
          </button>
          <button className="button quiet" onClick={nextTheme} title="Theme: light, dark or auto">
            <ThemeIcon className="icon" aria-hidden="true" /> <span>{theme}</span>
          </button>
          <button
            className="button quiet"
            onClick={() => open("keys")}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts"
          >
            <Keyboard className="icon" aria-hidden="true" />
          </button>
          <button
            className="button quiet menu"
            onClick={() => setMenuOpen(!isMenuOpen)}
            aria-expanded={isMenuOpen}
            aria-label="Menu"
          >
            <Menu className="icon" aria-hidden="true" />
            <Count of={called.total} />
          </button>
        </div>
        <nav aria-label="Views" className={isMenuOpen ? "open" : ""}>
          {GROUP_NAMES.map(([group, name]) => (
            <div key={group} role="group" aria-label={name}>
              <span aria-hidden="true">{name}</span>
              {views
                .filter((view) => view.group === group)
                .map((view) => (
                  <a
                    key={view.id}
                    href={`#/${view.id}`}
                    aria-current={view.id === id ? "page" : undefined}
                    onClick={() => setMenuOpen(false)}
                  >
                    {view.title}
                    <Count of={called.counts.get(view.id)} />
                  </a>
                ))}
            </div>
          ))}
        </nav>
      </header>
      {!isWall && (
        <Strip
          status={live.status}
          at={live.at}
          records={live.records}
          isOver={live.over !== null || live.status.review !== null}
          openGuide={openGuide}
        />
      )}
      {!isWall && <CallBanner calls={called.calls} see={called.see} />}
      {!isWall && (who.isAsked || !live.status.review) && <Welcome who={who} roles={roles} />}
      {live.status.machine_busy && (
        <p className="note warn busy-note" role="status">
          <strong>This machine is busy with other work.</strong> Slowness may be its own and not the
          shop’s; the score says when. {live.status.machine_busy}
        </p>
      )}
      {isStarting && (
        <p className="note info" role="status">
          <strong>The shop is starting.</strong> Services come up, then a healthy baseline is
          measured. Views that show figures open by themselves.
        </p>
      )}
      {live.status.review && <Slider review={live.status.review} />}
      {live.over && (
        <p className="note info">
          The drill is over: {live.over.reason}.{" "}
          {live.status.review ? (
            "This is its review: score and postmortem can still be edited."
          ) : (
            <>
              Its review opens here by itself as long as its host or hub goes on. In a terminal,{" "}
              <code>drill score</code> shows the scorecard, <code>drill review</code> all of it.
            </>
          )}
        </p>
      )}
      <main id="main" className={`view view-${id}`}>
        {!current && <p className="empty">There is no view named {id}.</p>}
        {forbidden && (
          <div className="refusal">
            <h1>403: instructor only</h1>
            <p>
              {current.title} shows the answer or controls the clock, so it needs the instructor's
              link. You have a participant's link; every view in the menu above is open to you.
            </p>
          </div>
        )}
        {current && !forbidden && (
          <>
            <h1 className="unseen">{current.title}</h1>
            {isStarting && current.asksShop ? (
              <Loading what="The shop is starting" />
            ) : (
              <View key={id} view={current} />
            )}
          </>
        )}
      </main>
      <Suspense>
        {guide && <Guide status={live.status} at={guide} close={() => openGuide(null)} />}
        {opened === "alarms" && <Alarms close={() => open(null)} />}
        {opened === "keys" && <Help views={views} close={() => open(null)} />}
        {opened === "palette" && (
          <Palette
            status={live.status}
            actions={actionsOf(views, {
              showKeys: () => open("keys"),
              nextTheme,
              showAlarms: () => open("alarms"),
            })}
            close={() => open(null)}
          />
        )}
      </Suspense>
      <Toast />
    </>
  );
}
