export type Tab = "story" | "tickets" | "details" | "register" | "changes";

/** What opens by itself. While a client calls, what they have asked already comes before a new request: they mostly call about it. */
export function firstTab(tabs: Tab[], wanted: Tab | undefined, openTickets: number): Tab {
  const first = wanted === "register" && openTickets > 0 ? "tickets" : wanted;
  return first && tabs.includes(first) ? first : tabs[0] ?? "tickets";
}
