import type { Me } from "@linija/server/contract/access/access";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconFileCertificate, type TablerIcon } from "@tabler/icons-react";
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { MessageKey } from "../../i18n/intl.tsx";

export type PanelPart = LazyExoticComponent<ComponentType<{ ticket: TicketView }>>;

/** What another feature shows on a ticket. One entry a feature; its parts are loaded when they are shown. */
export interface TicketPanel {
  key: string;
  title: MessageKey;
  icon: TablerIcon;
  /** `side`: a tab of the right column, beside the client. `main`: a block of the middle, between the facts and the files; it draws its own frame, or nothing. */
  place: "side" | "main";
  /** Whether this reader is offered it on this ticket; without it, always. */
  shown?: (ticket: TicketView, me: Me) => boolean;
  Panel: PanelPart;
  /** A number or a sign on the tab, seen without opening it: what is overdue, what waits for the reader. Nothing if there is nothing. */
  Mark?: PanelPart;
}

/** In the order of their tabs. A line here is all a feature needs: `{ key: "documents", title: "panel.documents", icon: IconFileText, place: "side", Panel: lazy(() => import("../documents/DocumentsPanel.tsx")) }`. */
export const ticketPanels: TicketPanel[] = [
  { key: "documents", title: "documents.title", icon: IconFileCertificate, place: "main", Panel: lazy(() => import("../documents/DocumentsPanel.tsx")) },
];

export const panelsOf = (place: TicketPanel["place"], ticket: TicketView, me: Me) => ticketPanels.filter((panel) => panel.place === place && (panel.shown?.(ticket, me) ?? true));
