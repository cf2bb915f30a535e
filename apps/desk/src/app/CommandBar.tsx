import "@mantine/spotlight/styles.css";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconPhonePlus, IconPlayerPause, IconSearch, IconTicket, IconUser, IconUserCheck } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState, type ReactNode } from "react";
import { hasRole, useMe } from "../features/access/session.ts";
import { useDial } from "../features/line/useDial.ts";
import { useLine } from "../features/line/line.tsx";
import { useT } from "../i18n/intl.tsx";
import { useApi } from "../shared/query.ts";
import { places, settingsPlace } from "./Rail.tsx";

interface Command { id: string; label: string; about?: string; icon: ReactNode; run: () => void }
const [store, spotlight] = createSpotlight();
/** Spotlight keeps the chosen row by an attribute on it and offers no public way to move the choice. */
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId);
  list?.querySelector("[data-selected]")?.removeAttribute("data-selected");
  list?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
  store.setState({ ...store.getState(), selected: 0 });
}

const looksLikePhone = (text: string) => /^\+?[\d\s()-]{6,}$/.test(text);
/** The server checks the last digit, so a number is asked for only when it is whole. */
const looksLikeNumber = (text: string) => text.replace(/\D/g, "").length === 10 && !text.startsWith("+");

/** Everything by its name: places, deeds, clients by half a name, tickets by number. */
export default function CommandBar({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [text, setText] = useState("");
  useEffect(() => { spotlight.open(); }, []);
  const found = useFound(text.trim());
  const own = useOwnCommands().filter((command) => matches(command.label, text));
  const groups = [{ label: t("bar.clients"), items: found.clients }, { label: t("bar.tickets"), items: found.tickets }, { label: t("bar.actions"), items: [...found.deeds, ...own] }].filter((group) => group.items.length > 0);
  const first = groups[0]?.items[0]?.id;
  // What arrives from the server goes above what was there: Enter must take the first row, never the one that moved down.
  useEffect(() => { requestAnimationFrame(selectFirst); }, [first, text]);
  return (
    <Spotlight.Root store={store} query={text} onQueryChange={setText} onSpotlightClose={onClose} shortcut={null} centered={false} yOffset="11vh" attributes={{ content: { "aria-label": t("bar.open") } }} lockScroll={false} scrollable maxHeight={420} transitionProps={{ duration: 0 }} overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}>
      <Spotlight.Search placeholder={t("bar.hint")} aria-label={t("bar.hint")} leftSection={<IconSearch size={17} />} />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group.label} label={group.label}>
            {group.items.map((item) => <Spotlight.Action key={item.id} label={item.label} description={item.about} leftSection={item.icon} onClick={item.run} />)}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>{t("bar.nothing")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

const matches = (label: string, text: string) => label.toLowerCase().includes(text.trim().toLowerCase());

function useOwnCommands(): Command[] {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const { line, goTo } = useLine();
  const going = [...places, settingsPlace].filter((place) => hasRole(me, ...place.roles)).map((place) => ({ id: place.to, label: t(place.text), icon: <place.icon size={17} />, run: () => void navigate({ to: place.to }) }));
  if (!hasRole(me, "operator")) return going;
  const ready = { id: "ready", label: t("state.goReady"), icon: <IconUserCheck size={17} />, run: () => void goTo("ready") };
  const pause = { id: "pause", label: t("state.goNotReady"), icon: <IconPlayerPause size={17} />, run: () => void goTo("not_ready", "break") };
  return [line?.state === "ready" ? pause : ready, ...going];
}

function useFound(text: string): { clients: Command[]; tickets: Command[]; deeds: Command[] } {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const dial = useDial();
  const wanted = useDeferredValue(text);
  const mayFind = !hasRole(me, "department_worker") || me.roles.length > 1;
  const clients = useApi("searchClients", { query: { text: wanted, limit: 6 } }, { enabled: wanted.length >= 2 && mayFind, placeholderData: (before) => before });
  const tickets = useApi("listTickets", { query: { view: "all", number: wanted, limit: 5 } }, { enabled: looksLikeNumber(wanted) });
  if (text.length < 2) return { clients: [], tickets: [], deeds: [] };
  return {
    clients: (clients.data?.items ?? []).map((client) => ({ id: client.id, label: client.name, about: [client.phones[0], client.city].filter(Boolean).join(" · "), icon: <IconUser size={17} />, run: () => void navigate({ to: hasRole(me, "operator") ? "/work" : "/clients", search: { client: client.id } }) })),
    tickets: (tickets.data?.items ?? []).map((ticket) => ({ id: ticket.id, label: ticket.number, about: ticket.subject, icon: <IconTicket size={17} />, run: () => void navigate({ to: "/tickets/$id", params: { id: ticket.id } }) })),
    deeds: looksLikePhone(text) && hasRole(me, "operator") ? [{ id: "dial", label: t("bar.dial", { number: text }), icon: <IconPhonePlus size={17} />, run: () => void dial({ number: text }) }] : [],
  };
}
