import type { HookView } from "@linija/server/contract/webhooks/webhooks.in";
import { Button, CopyButton } from "@mantine/core";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { useShown } from "../../shared/useShown.tsx";
import { may, useMe } from "../access/session.ts";
import { useLanguage } from "./catalogue.ts";
import css from "./rules.module.css";

/** Doors of the project for other systems; they are declared in its texts, their secrets are made here by who may. */
export function WebhooksIn({ projectKey }: { projectKey: string }) {
  const t = useT();
  const mayManage = may(useMe(), "webhooks.manage");
  const { data } = useApi("listHooks", { params: { project: projectKey } });
  if (!data || data.items.length === 0) return null;
  return (
    <section className={css.block}>
      <h2>{t("rules.hooksIn")}</h2>
      {mayManage && <p className="dim small">{t("rules.hooksInHint")}</p>}
      {data.items.map((hook) => <Door key={hook.key} projectKey={projectKey} hook={hook} />)}
    </section>
  );
}

/** What its sender was told alone: the latest reasons, each counted. */
function Refused({ refused }: { refused: HookView["refused"] }) {
  const t = useT();
  const { shown, more } = useShown(refused, 3);
  if (refused.length === 0) return null;
  return (
    <section className={css.refusals} aria-label={t("rules.hookRefused")}>
      <h3>{t("rules.hookRefused")}</h3>
      <ul>
        {shown.map(({ text, fields, times, lastAt }) => (
          <li key={`${text} ${fields.map(({ field }) => field).join()}`}>
            <span>{text}</span>
            {fields.map(({ field, text: said }) => <span key={field} className="small"><code>{field}</code> {said}</span>)}
            <span className="dim small">{t("rules.hookTimes", { count: times })} · <Moment at={lastAt} /></span>
          </li>
        ))}
      </ul>
      {more}
    </section>
  );
}

function Door({ projectKey, hook }: { projectKey: string; hook: HookView }) {
  const t = useT();
  const language = useLanguage();
  const [isAsking, setIsAsking] = useState(false);
  const mayManage = may(useMe(), "webhooks.manage");
  const make = useSend("makeHookSecret", ["listHooks"], { onError: useRefusal(), onSuccess: () => setIsAsking(false) });
  const send = (): void => make.mutate({ params: { project: projectKey, hook: hook.key } });
  const secret = make.data?.secret;
  return (
    <div className={css.webhook}>
      <div className={css.row}><span className="strong grow cut">{hook.name[language]}</span>
        {hook.secretMadeAt === null && <span className="chip warn">{t("rules.hookClosed")}</span>}
        {mayManage && !isAsking && <Button size="compact-xs" variant="default" loading={make.isPending} onClick={hook.secretMadeAt === null ? send : () => setIsAsking(true)}>{t("rules.makeSecret")}</Button>}</div>
      <code className="small cut">{hook.path}</code>
      {hook.lastAt !== null && <span className="dim small">{t("rules.hookLast")} <Moment at={hook.lastAt} /></span>}
      <Refused refused={hook.refused} />
      {isAsking && <div className={css.block} role="alert"><span className="small">{t("rules.replaceSecret")}</span><div className={css.row}><Button size="compact-xs" loading={make.isPending} onClick={send}>{t("rules.makeSecret")}</Button><Button size="compact-xs" variant="subtle" onClick={() => setIsAsking(false)}>{t("do.cancel")}</Button></div></div>}
      {secret !== undefined && <div className={css.secret} role="status"><p>{t("rules.hookSecretOnce")}</p><code>{secret}</code><CopyButton value={secret}>{({ copied, copy }) => <Button size="compact-xs" variant="default" onClick={copy}>{copied ? t("do.copied") : t("rules.copySecret")}</Button>}</CopyButton></div>}
    </div>
  );
}
