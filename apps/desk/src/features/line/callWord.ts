import type { CallView } from "@linija/server/contract/calls/calls";
import { useT, useWord, type Translate } from "../../i18n/intl.tsx";
import { useLine } from "./line.tsx";

export const numberOf = (call: CallView) => (call.direction === "in" ? call.fromNumber : call.toNumber);

/** Under the caller's name: the number, or that there is none, and whether the client base knows the caller. */
export function callerLine(call: CallView, t: Translate): string {
  const number = numberOf(call) || t("line.noNumber");
  if (call.clientId) return number;
  // Without a name the number stands above already.
  return [call.clientName && number, t("offer.newClient")].filter(Boolean).join(" · ");
}

/** What a call is doing, in one word: on hold when it is my held one, and how it ended once nobody can talk in it. */
export function useCallWord(): (call: CallView) => string {
  const t = useT();
  const word = useWord();
  const { line } = useLine();
  return (call) => {
    if (call.state === "talking" && line?.held && line.call?.id === call.id) return t("call.held");
    const over = call.state === "ended" || (call.state === "wrap_up" && call.answeredAt === null);
    return over && call.outcome ? word("outcome", call.outcome) : t(`call.${call.state}`);
  };
}
