import { Tooltip } from "@mantine/core";
import { IconAddressBook, IconArrowsExchange, IconBuildingWarehouse, IconClipboardCheck, IconHeadset, IconHeartHandshake, IconLayoutDashboard, IconPhone, IconRobot, IconRoute, IconSettings, IconShieldCog, IconStack2, IconTicket, IconUsers, type Icon } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { RoleName } from "@linija/server/contract/access/access";
import { hasRole, useMe } from "../features/access/session.ts";
import { useT, type MessageKey } from "../i18n/intl.tsx";
import { keysOf, type KeyAction } from "../shared/keys.ts";
import { Keys } from "../shared/parts.tsx";
import css from "./shell.module.css";

interface Place { to: "/work" | "/calls" | "/tickets" | "/clients" | "/floor" | "/department" | "/operators" | "/projects" | "/promises" | "/handovers" | "/duties" | "/reports" | "/rules" | "/admin" | "/settings"; icon: Icon; text: MessageKey; key: KeyAction; roles: RoleName[] }
const everyone: RoleName[] = ["operator", "supervisor", "department_worker", "administrator", "management"];
export const places: Place[] = [
  { to: "/floor", icon: IconLayoutDashboard, text: "nav.floor", key: "goFloor", roles: ["supervisor", "administrator", "management"] },
  { to: "/work", icon: IconHeadset, text: "nav.work", key: "goWork", roles: ["operator"] },
  { to: "/department", icon: IconBuildingWarehouse, text: "nav.department", key: "goDepartment", roles: ["department_worker"] },
  { to: "/tickets", icon: IconTicket, text: "nav.tickets", key: "goTickets", roles: everyone },
  { to: "/promises", icon: IconHeartHandshake, text: "nav.promises", key: "goPromises", roles: ["operator", "supervisor", "management"] },
  { to: "/handovers", icon: IconArrowsExchange, text: "nav.handovers", key: "goHandovers", roles: everyone },
  { to: "/duties", icon: IconClipboardCheck, text: "nav.duties", key: "goDuties", roles: ["operator", "supervisor", "department_worker", "administrator"] },
  { to: "/calls", icon: IconPhone, text: "nav.calls", key: "goCalls", roles: ["operator", "supervisor", "administrator"] },
  { to: "/clients", icon: IconAddressBook, text: "nav.clients", key: "goClients", roles: ["operator", "supervisor", "administrator", "management"] },
  { to: "/operators", icon: IconUsers, text: "nav.operators", key: "goOperators", roles: ["supervisor", "administrator", "management"] },
  { to: "/reports", icon: IconRoute, text: "nav.reports", key: "goReports", roles: ["supervisor", "administrator", "management"] },
  { to: "/rules", icon: IconRobot, text: "nav.rules", key: "goRules", roles: ["supervisor", "administrator", "management"] },
  { to: "/projects", icon: IconStack2, text: "nav.projects", key: "goProjects", roles: ["administrator"] },
  { to: "/admin", icon: IconShieldCog, text: "nav.admin", key: "goAdmin", roles: ["administrator"] },
];
export const settingsPlace: Place = { to: "/settings", icon: IconSettings, text: "nav.settings", key: "goSettings", roles: everyone };

export function Rail() {
  const t = useT();
  const me = useMe();
  return (
    <nav className={css.rail} aria-label={t("nav.title")}>
      {places.filter((place) => hasRole(me, ...place.roles)).map((place) => <RailLink key={place.to} place={place} />)}
      <div className="grow" />
      <RailLink place={settingsPlace} />
    </nav>
  );
}

function RailLink({ place }: { place: Place }) {
  const t = useT();
  const Icon = place.icon;
  return (
    <Tooltip position="right" label={<span className="row">{t(place.text)}<Keys combo={keysOf(place.key)[0] ?? ""} /></span>}>
      <Link to={place.to} className={css.railLink} activeProps={{ "aria-current": "page" }} aria-label={t(place.text)}><Icon size={21} stroke={1.7} aria-hidden /></Link>
    </Tooltip>
  );
}
