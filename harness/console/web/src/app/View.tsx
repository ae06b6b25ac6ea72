// One view, once it was fetched.

import type { ComponentType } from "react";
import { useEffect, useState } from "react";
import type { Problem } from "@/api/problems";
import { problemOf } from "@/api/problems";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { useArrival } from "./useArrival";
import type { MenuView } from "./views";

interface Found {
  id: string | null;
  view?: ComponentType;
  error?: Problem;
}

export function View({ view }: { view: MenuView }) {
  const [found, setFound] = useState<Found>({ id: null });
  const { id } = view;
  useEffect(() => {
    let here = true;
    view.load().then(
      (module) => here && setFound({ id, view: module.default }),
      (error: unknown) => here && setFound({ id, error: problemOf(error) }),
    );
    return () => {
      here = false;
    };
  }, [id, view]);
  useArrival(found.id === id && found.view !== undefined);
  if (found.error) return <ErrorNote error={found.error} />;
  if (found.id !== id || !found.view) return <Loading />;
  return <found.view />;
}
