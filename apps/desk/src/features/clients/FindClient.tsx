import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUserPlus } from "@tabler/icons-react";
import type { CallView } from "@linija/server/contract/calls/calls";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { ClientForm } from "./ClientForm.tsx";
import { splitName } from "./names.ts";
import css from "./clients.module.css";

/** A call from a number we do not know: the new card with the number and the told name in it, and a search for those who call from elsewhere. */
export function FindClient({ call }: { call: CallView }) {
  const t = useT();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const number = call.direction === "in" ? call.fromNumber : call.toNumber;
  const link = useSend("linkClient", ["getLine", "getCall", "listCalls", "clientTimeline"]);
  // Without a number the told name is all there is to go by.
  const asked = wanted.length >= 2 || number !== "" ? wanted : call.clientName;
  const found = useApi("searchClients", { query: { text: asked, limit: 6 } }, { enabled: asked.length >= 2, placeholderData: (before) => before });
  const take = (clientId: string) => link.mutate({ params: { id: call.id }, body: { clientId } });
  const sharing = useApi("clientByPhone", { query: { phone: number } }, { enabled: number !== "" });
  const rows = (asked.length >= 2 ? found.data?.items : sharing.data?.items) ?? [];
  const guessed = wanted.length < 2 && rows.length > 0;
  return (
    <div className={css.side}>
      <section className={css.card}>
        <h2 className="row"><IconUserPlus size={17} aria-hidden />{t("client.unknownCaller")}</h2>
        <TextInput leftSection={<IconSearch size={15} />} placeholder={t("client.findHint")} aria-label={t("client.findHint")} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        {number === "" && <p className={css.hint}>{t("client.askPhone")}</p>}
        {guessed && <p className="small dim">{t("client.maybe")}</p>}
        {rows.map((client) => (
          <div key={client.id} className="row between"><span className="cut"><b>{client.name}</b> <span className="dim num">{client.phones[0]}</span></span><Button size="compact-sm" variant="light" loading={link.isPending} onClick={() => take(client.id)}>{t("duplicate.take")}</Button></div>
        ))}
      </section>
      <div className={`scroll ${css.tab}`}>
        <ClientForm key={call.id} interactionId={call.id} known={{ ...splitName(call.clientName), phones: number ? [number] : [], language: call.language }} projects={call.projectKey ? [call.projectKey] : undefined} onDone={(client) => take(client.id)} />
      </div>
    </div>
  );
}
