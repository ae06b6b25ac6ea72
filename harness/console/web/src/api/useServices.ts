import { useDrill } from "./useLive";

/** Names of the shop's services, as the status tells them. */
export function useServices(): string[] {
  const { status } = useDrill();
  return status.services.map((one) => one.name);
}
