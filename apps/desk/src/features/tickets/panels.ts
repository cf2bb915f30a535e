import type { Me } from "@linija/server/contract/access/access";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconBulb, IconFileCertificate, IconForms, IconGitMerge, IconHeartHandshake, IconHistory, IconLink, IconListCheck, IconMessages, IconRoute, type TablerIcon } from "@tabler/icons-react";
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { MessageKey } from "../../i18n/intl.tsx";

export type PanelPart = LazyExoticComponent<ComponentType<{ ticket: TicketView }>>;

/** What another feature shows on a ticket. One entry a feature; its parts are loaded when they are shown. */
export interface TicketPanel {
  key: string;
  title: MessageKey;
  icon: TablerIcon;
  /** `side`: a tab of the right column, beside the client. `main`: a block of the middle, between the facts and the files; `top`: before everything else. Blocks draw their own frame, or nothing. */
  place: "side" | "main" | "top";
  /** Whether this reader is offered it on this ticket; without it, always. */
  shown?: (ticket: TicketView, me: Me) => boolean;
  Panel: PanelPart;
  /** A number or a sign on the tab, seen without opening it: what is overdue, what waits for the reader. Nothing if there is nothing. */
  Mark?: PanelPart;
}

/** In the order of their tabs. A line here is all a feature needs: `{ key: "documents", title: "panel.documents", icon: IconFileText, place: "side", Panel: lazy(() => import("../documents/DocumentsPanel.tsx")) }`. */
const ticketPanels: TicketPanel[] = [
  { key: "merged", title: "relations.mergedInto", icon: IconGitMerge, place: "top", shown: (ticket) => ticket.mergedInto !== null, Panel: lazy(() => import("../relations/MergedNote.tsx")) },
  { key: "guide", title: "panel.guide", icon: IconRoute, place: "side", shown: (ticket) => !ticket.readOnly, Panel: lazy(() => import("../guides/GuidePanel.tsx")) },
  { key: "solutions", title: "panel.solutions", icon: IconBulb, place: "side", Panel: lazy(() => import("../articles/SolutionsPanel.tsx")) },
  { key: "relations", title: "panel.relations", icon: IconLink, place: "side", Panel: lazy(() => import("../relations/RelationsPanel.tsx")) },
  { key: "promises", title: "panel.promises", icon: IconHeartHandshake, place: "side", Panel: lazy(() => import("../promises/PromisesPanel.tsx")), Mark: lazy(() => import("../promises/PromisesMark.tsx")) },
  { key: "changes", title: "panel.changes", icon: IconHistory, place: "side", Panel: lazy(() => import("./TicketHistory.tsx")) },
  { key: "process", title: "process.title", icon: IconListCheck, place: "main", Panel: lazy(() => import("./ProcessBlock.tsx")) },
  { key: "asked", title: "forms.title", icon: IconForms, place: "main", shown: (ticket) => ticket.parent !== null, Panel: lazy(() => import("../forms/TaskForms.tsx")) },
  { key: "forms", title: "forms.title", icon: IconForms, place: "main", Panel: lazy(() => import("../forms/FormBlock.tsx")) },
  { key: "messages", title: "messages.title", icon: IconMessages, place: "main", Panel: lazy(() => import("../messages/MessagesPanel.tsx")) },
  { key: "documents", title: "documents.title", icon: IconFileCertificate, place: "main", Panel: lazy(() => import("../documents/DocumentsPanel.tsx")) },
];

export const panelsOf = (place: TicketPanel["place"], ticket: TicketView, me: Me) => ticketPanels.filter((panel) => panel.place === place && (panel.shown?.(ticket, me) ?? true));
