import type { CallView } from "@linija/server/contract/calls/calls";
import type { ClientView } from "@linija/server/contract/clients/clients";
import { IconBuilding, IconMail, IconMapPin, IconPhone, IconPin } from "@tabler/icons-react";
import { languageNames, useT, useWord } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { may, useMe } from "../access/session.ts";
import { DialButton } from "../line/DialButton.tsx";
import { ClientPromises } from "../promises/ClientPromises.tsx";
import { addressLine } from "./names.ts";
import css from "./clients.module.css";

export function ClientCard({ client, call }: { client: ClientView; call?: CallView }) {
  const t = useT();
  const word = useWord();
  const address = addressLine(client.address);
  return (
    <section className={css.card} aria-label={client.name}>
      <div className={css.cardTop}>
        <span className={css.face} aria-hidden>{client.kind === "organisation" ? <IconBuilding size={20} /> : client.name.split(/\s+/).slice(0, 2).map((part) => part[0]).join("")}</span>
        <div className="grow"><h2 className={css.name}>{client.name}</h2>
          <div className="row wrap">{client.language && <span className="chip">{languageNames[client.language]}</span>}{client.archived && <span className="chip warn">{t("client.archived")}</span>}{client.flags.map((flag) => <span key={flag} className="chip warn">{word("flag", flag)}</span>)}</div>
        </div>
      </div>
      <ul className={css.contacts}>
        {client.phones.map((phone) => <Phone key={phone} phone={phone} client={client} live={call !== undefined && call.endedAt === null && (call.fromNumber === phone || call.toNumber === phone)} />)}
        {client.emails.map((email) => <li key={email}><IconMail size={15} aria-label={t("client.emails")} /><span className="cut" title={email}>{email}</span></li>)}
        {address && <li><IconMapPin size={15} aria-label={t("client.address")} /><span>{address}</span></li>}
      </ul>
      {client.pinnedNote && <p className={css.pinned}><IconPin size={15} aria-label={t("client.pinnedNote")} /><span className="pre">{client.pinnedNote}</span></p>}
      {client.dataConfirmedAt && <p className="small dim">{t("client.confirmedAt")} <Moment at={client.dataConfirmedAt} full /></p>}
      <ClientPromises key={client.id} client={client} />
    </section>
  );
}

function Phone({ phone, client, live }: { phone: string; client: ClientView; live: boolean }) {
  const t = useT();
  const me = useMe();
  return (
    <li>
      <IconPhone size={15} aria-label={t("client.phones")} /><span className="num">{phone}</span>
      {live && <span className="chip live">{t("client.callsFrom")}</span>}
      {may(me, "calls.dial") && !client.masked && !live && <DialButton variant="subtle" size={24} target={{ number: phone, clientId: client.id, projectKey: client.projects[0] }} />}
    </li>
  );
}
