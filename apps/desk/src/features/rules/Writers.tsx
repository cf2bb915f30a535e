import { Switch } from "@mantine/core";
import { IconCertificate } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import css from "./rules.module.css";

/** Who has passed the course on rules; until it gives the certificate by itself, an administrator does. */
export function Writers() {
  const t = useT();
  const refuse = useRefusal();
  const { data } = useApi("listEditors");
  const send = useSend("certify", ["listEditors", "getVocabulary", "listRules"], { onError: refuse });
  if (!data) return <Skeleton rows={2} height={24} />;
  return (
    <ul className={css.writers}>
      {data.items.map(({ id, name, certifiedAt }) => <li key={id}><Switch size="xs" label={name} checked={certifiedAt !== null} disabled={send.isPending} aria-label={t("rules.certificateOf", { name })} onChange={(event) => send.mutate({ params: { id }, body: { certified: event.currentTarget.checked } })} /></li>)}
    </ul>
  );
}

/** What stands in the way, and for those who may, the way out. */
export function NoCertificate() {
  const t = useT();
  const mayGive = may(useMe(), "access.manage");
  return (
    <div className={css.notice} role="note">
      <IconCertificate size={16} aria-hidden />
      <div className="grow"><p>{t("rules.noCertificate")}</p>{mayGive && <details open><summary>{t("rules.writers")}</summary><Writers /></details>}</div>
    </div>
  );
}
