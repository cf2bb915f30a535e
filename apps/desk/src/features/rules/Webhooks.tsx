import type { DeliveryView, WebhookView } from "@linija/server/contract/webhooks/webhooks";
import { ActionIcon, Button, CopyButton, Switch, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, usePages, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { WebhooksIn } from "./WebhooksIn.tsx";
import css from "./rules.module.css";

/** Other systems that rules of the project may tell, and what did not reach them. */
export function Webhooks({ projectKey }: { projectKey: string }) {
  const t = useT();
  const { data, error, refetch } = useApi("listWebhooks", { params: { project: projectKey } });
  const [isAdding, setIsAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <div className={css.tool}>
      <p className="dim small">{t("rules.webhooksHint")}</p>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton rows={2} height={32} />}
      {data?.items.length === 0 && !isAdding && <Empty text={t("rules.noWebhooks")} />}
      {data?.items.map((webhook) => <Row key={webhook.id} webhook={webhook} />)}
      {secret !== null && <div className={css.secret} role="status"><p>{t("rules.secretOnce")}</p><code>{secret}</code><CopyButton value={secret}>{({ copied, copy }) => <Button size="compact-xs" variant="default" onClick={copy}>{copied ? t("do.copied") : t("rules.copySecret")}</Button>}</CopyButton></div>}
      {isAdding ? <Add projectKey={projectKey} onDone={(made) => { setIsAdding(false); setSecret(made); }} /> : <div><Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setIsAdding(true)}>{t("rules.addWebhook")}</Button></div>}
      {data && data.items.some(({ dead, queued }) => dead + queued > 0) && <Waiting projectKey={projectKey} />}
      <WebhooksIn projectKey={projectKey} />
    </div>
  );
}

function Row({ webhook }: { webhook: WebhookView }) {
  const t = useT();
  const refuse = useRefusal();
  const params = { project: webhook.projectKey, id: webhook.id };
  const change = useSend("updateWebhook", ["listWebhooks"], { onError: refuse });
  const remove = useSend("removeWebhook", ["listWebhooks", "listDeliveries"], { onError: refuse });
  const { name, url, version } = webhook;
  return (
    <div className={css.webhook}>
      <div className={css.row}><code className="strong">{webhook.key}</code><span className="grow cut">{name}</span>
        {webhook.dead > 0 && <span className="chip danger">{t("rules.dead", { count: webhook.dead })}</span>}
        <Switch size="xs" aria-label={t("rules.webhookOn", { name })} checked={webhook.enabled} onChange={(event) => change.mutate({ params, body: { version, name, url, enabled: event.currentTarget.checked, newSecret: false } })} />
        <Tooltip label={t("rules.removeWebhook")}><ActionIcon size={24} aria-label={t("rules.removeWebhook")} onClick={() => remove.mutate({ params })}><IconTrash size={14} /></ActionIcon></Tooltip></div>
      <span className="dim small cut">{url}</span>
    </div>
  );
}

function Add({ projectKey, onDone }: { projectKey: string; onDone: (secret: string | null) => void }) {
  const t = useT();
  const [draft, setDraft] = useState({ key: "", name: "", url: "https://" });
  const send = useSend("createWebhook", ["listWebhooks"], { onSuccess: ({ secret }) => onDone(secret) });
  const submit = (event: FormEvent): void => { event.preventDefault(); send.mutate({ params: { project: projectKey }, body: draft }); };
  const field = (name: keyof typeof draft, label: string) => <TextInput size="xs" required label={label} value={draft[name]} error={fieldError(send.error, name)} onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })} />;
  return (
    <form className={css.form} onSubmit={submit}>
      {field("key", t("rules.webhookKey"))}{field("name", t("rules.webhookName"))}{field("url", t("rules.webhookUrl"))}
      <div className={css.row}><Button size="xs" type="submit" loading={send.isPending}>{t("rules.addWebhook")}</Button><Button size="xs" variant="subtle" onClick={() => onDone(null)}>{t("do.cancel")}</Button></div>
    </form>
  );
}

function Waiting({ projectKey }: { projectKey: string }) {
  const t = useT();
  const refuse = useRefusal();
  const list = usePages("listDeliveries", { params: { project: projectKey }, query: {} });
  const replay = useSend("replayDelivery", ["listDeliveries", "listWebhooks"], { onError: refuse });
  const unsent = list.items?.filter(({ state }) => state !== "sent") ?? [];
  if (unsent.length === 0) return null;
  return (
    <>
      <h3>{t("rules.unsent")}</h3>
      {unsent.map((delivery) => <Delivery key={delivery.id} delivery={delivery} onReplay={() => replay.mutate({ params: { project: projectKey, id: delivery.id } })} />)}
    </>
  );
}

function Delivery({ delivery, onReplay }: { delivery: DeliveryView; onReplay: () => void }) {
  const t = useT();
  return (
    <div className={css.row}>
      <span className={`chip ${delivery.state === "dead" ? "danger" : "warn"}`}>{t(delivery.state === "dead" ? "rules.givenUp" : "rules.waits")}</span>
      <code>{delivery.webhookKey}</code><span className="dim small grow cut">{delivery.status ?? ""} {delivery.error ?? ""}</span><span className="dim small"><Moment at={delivery.createdAt} /></span>
      {delivery.state === "dead" && <Tooltip label={t("rules.replay")}><ActionIcon size={24} aria-label={t("rules.replay")} onClick={onReplay}><IconRefresh size={14} /></ActionIcon></Tooltip>}
    </div>
  );
}
