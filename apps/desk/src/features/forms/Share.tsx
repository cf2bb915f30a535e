import { clientPart } from "@linija/forms";
import { ActionIcon, Button, CopyButton, Popover, TextInput } from "@mantine/core";
import { IconCheck, IconCopy, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import type { FormSession } from "./session.ts";
import { useSnapshot } from "./useSession.ts";
import css from "./forms.module.css";

/** A link by which the client fills their part while we look. It is shown once: only its hash is kept. */
export function Share({ session }: { session: FormSession }) {
  const t = useT();
  const intl = useIntl();
  useSnapshot(session);
  const { id, record, store } = session;
  const [isAway, setAway] = useState(false);
  const share = useSend("shareRecord", ["getRecord"], { onSuccess: ({ until }) => session.linked(until) });
  const close = useSend("unshareRecord", ["getRecord"], { onSuccess: () => { share.reset(); session.linked(null); } });
  // One that is only here yet has to be with the server for anybody else to see it.
  const make = async () => {
    const isThere = await session.bring();
    setAway(!isThere);
    if (isThere) share.mutate({ params: { id }, body: { hours: 24 } });
  };
  const link = share.data && new URL(share.data.path, location.href).href;
  const until = share.data?.until ?? record?.link?.until;
  if (clientPart(store.form).see.size === 0) return null;
  return (
    <Popover width={340} position="top-start" trapFocus>
      <Popover.Target><Button size="compact-sm" variant={record?.link ? "light" : "default"} leftSection={<IconUsers size={14} />}>{t("forms.share")}</Button></Popover.Target>
      <Popover.Dropdown>
        <div className={css.stack}>
          <p className={css.hint}>{t("forms.shareHint")}</p>
          {link && <TextInput readOnly aria-label={t("forms.share")} value={link} onFocus={(event) => event.currentTarget.select()} rightSection={<CopyButton value={link}>{({ copied, copy }) => <ActionIcon size={26} aria-label={t("forms.copyLink")} onClick={copy}>{copied ? <IconCheck size={15} /> : <IconCopy size={15} />}</ActionIcon>}</CopyButton>} />}
          {until && <p className={css.hint}>{t("forms.linkUntil", { at: intl.formatDate(until, { dateStyle: "medium", timeStyle: "short" }) })}</p>}
          <ProblemNote error={share.error ?? close.error ?? (isAway ? session.error ?? new TypeError("nobody answers") : null)} />
          <div className={css.foot}>
            {record?.link && <Button size="compact-sm" variant="subtle" color="gray" loading={close.isPending} onClick={() => close.mutate({ params: { id } })}>{t("forms.unshare")}</Button>}
            {!link && <Button size="compact-sm" loading={share.isPending} onClick={() => void make()}>{t("forms.makeLink")}</Button>}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
