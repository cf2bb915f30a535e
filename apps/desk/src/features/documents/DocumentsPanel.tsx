import type { DocumentView } from "@linija/server/contract/documents/documents";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { ActionIcon, Button, CopyButton, Menu, Tooltip } from "@mantine/core";
import { IconChevronDown, IconDownload, IconFileCertificate, IconFingerprint, IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { answered, idUntilAnswered } from "../../shared/once.ts";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import css from "./documents.module.css";

/** Papers of this ticket: made with one press in the client's language, every version kept with its hash. */
export function DocumentsPanel({ ticket }: { ticket: TicketView }) {
  const t = useT();
  const { data } = useApi("listDocuments", { params: { id: ticket.id } });
  const [lacking, setLacking] = useState<Lacking>([]);
  if (!data || (data.items.length === 0 && data.offers.length === 0)) return null;
  return (
    <section className={css.block} aria-labelledby="documents">
      <header className={css.head}><h2 id="documents">{t("documents.title")}</h2>{data.offers.length > 0 && <Make ticket={ticket} offers={data.offers} made={data.items} onMade={setLacking} />}</header>
      {lacking.length > 0 && <p role="alert" className={`small ${css.lacking}`}>{t("documents.lacking", { names: lacking.map(({ name, characters }) => `[${name}] \u2068${characters}\u2069`).join(", ") })}</p>}
      {data.items.length === 0 && <p className="small dim">{t("documents.none")}</p>}
      {data.items.map((document) => <Row key={document.id} ticketId={ticket.id} document={document} />)}
    </section>
  );
}

/** What the letters of the paper just made do not have. */
type Lacking = { name: string; characters: string }[];
type Offers = { key: string; name: string; languages: ("en" | "ru" | "sl")[] }[];

function Make({ ticket, offers, made, onMade }: { ticket: TicketView; offers: Offers; made: DocumentView[]; onMade: (lacking: Lacking) => void }) {
  const t = useT();
  const refuse = useRefusal();
  const nameOf = (key: string, language: string) => `document:${ticket.id}:${key}:${language}`;
  const make = useSend("makeDocument", ["listDocuments"], {
    onError: refuse, onSuccess: ({ lacking }) => onMade(lacking), onSettled: (_reply, error, { body }) => answered(nameOf(body.key, body.language), error),
  });
  const send = (key: string, language: "en" | "ru" | "sl") => make.mutate({ params: { id: ticket.id }, body: { id: idUntilAnswered(nameOf(key, language), made), key, language } });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target><Button size="compact-sm" variant="default" loading={make.isPending} rightSection={<IconChevronDown size={14} aria-hidden />}>{t("documents.make")}</Button></Menu.Target>
      <Menu.Dropdown>
        {offers.map(({ key, name, languages }) => [
          <Menu.Label key={key}>{name}</Menu.Label>,
          // The client's own language first: it is what is nearly always wanted.
          ...languages.toSorted((a, b) => Number(b === ticket.language) - Number(a === ticket.language)).map((language) => <Menu.Item key={`${key}:${language}`} onClick={() => send(key, language)}>{languageNames[language]}{language === ticket.language && <span className={css.own}>{t("documents.clientLanguage")}</span>}</Menu.Item>),
        ])}
      </Menu.Dropdown>
    </Menu>
  );
}

function Row({ ticketId, document }: { ticketId: string; document: DocumentView }) {
  const t = useT();
  const url = `/api/tickets/${ticketId}/documents/${document.id}`;
  return (
    <div className={css.row}>
      <IconFileCertificate size={16} aria-hidden />
      {document.mayOpen ? <a className="cut" href={`${url}?show=1`} target="_blank" rel="noreferrer">{document.name}</a> : <Tooltip label={t("documents.closed")}><span className="cut" tabIndex={0}>{document.name}<IconLock size={13} className={css.lock} role="img" aria-label={t("documents.closed")} /></span></Tooltip>}
      <span className="chip">{languageNames[document.language]} · {t("documents.version", { number: document.number })}</span>
      <span className="small dim grow cut">{t("documents.pages", { count: document.pages })} · {document.by} · <Moment at={document.at} /></span>
      <CopyButton value={document.sha256}>{({ copied, copy }) => <Tooltip label={copied ? t("do.copied") : `SHA-256 ${document.sha256.slice(0, 16)}…`}><ActionIcon size={24} aria-label={t("documents.copyHash", { name: document.name })} onClick={copy}><IconFingerprint size={15} /></ActionIcon></Tooltip>}</CopyButton>
      {document.mayOpen && <Tooltip label={t("do.download")}><ActionIcon size={24} component="a" href={url} download={document.fileName} aria-label={t("documents.download", { name: document.name })}><IconDownload size={15} /></ActionIcon></Tooltip>}
    </div>
  );
}

export default DocumentsPanel;
