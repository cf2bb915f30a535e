import { Button, Modal } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useT, type MessageKey } from "../../i18n/intl.tsx";
import type { Reply } from "../../shared/api.ts";
import { groupsOfFour } from "./edited.ts";
import css from "./operators.module.css";

/** What is typed into the phone. The password is nowhere else, so nothing but its own button closes this. */
export function GivenPhone({ name, given, onDone }: { name: string; given: Reply<"givePhone">; onDone: () => void }) {
  const t = useT();
  const { extension, password, server } = given;
  const lines = [
    [t("phone.extension"), extension], [t("phone.password"), password], [t("phone.server"), server.host], [t("phone.port"), String(server.port)],
    [t("phone.transport"), server.transports.map((each) => each.toUpperCase()).join(` ${t("phone.or")} `)],
  ] as const;
  return (
    <Modal opened onClose={onDone} withCloseButton={false} closeOnClickOutside={false} closeOnEscape={false} size={460} title={<b>{t("phone.of", { name })}</b>}>
      <div className={css.given}>
        <dl>
          {lines.map(([label, value]) => (
            <div key={label}><dt>{label}</dt><dd className={css.typed}>{value === password ? groupsOfFour(value).map((group, index) => <span key={index}>{group}</span>) : value}</dd></div>
          ))}
        </dl>
        <p>{t("phone.once")}</p>
        <p className="small dim">{t("phone.howTo")}</p>
        <div className="row between wrap">
          <span className="row">
            <Copy text={lines.map(([label, value]) => `${label}: ${value}`).join("\n")} label="phone.copyAll" variant="default" />
            <Copy text={password} label="phone.copyPassword" variant="subtle" />
          </span>
          <Button onClick={onDone}>{t("phone.done")}</Button>
        </div>
      </div>
    </Modal>
  );
}

/** Over plain http browsers give no clipboard; the text is then selected by hand. */
function Copy({ text, label, variant }: { text: string; label: MessageKey; variant: "default" | "subtle" }) {
  const t = useT();
  const { copy, copied, error } = useClipboard();
  return <Button variant={variant} onClick={() => copy(text)} data-autofocus={variant === "default" || undefined}>{t(error ? "phone.notCopied" : copied ? "do.copied" : label)}</Button>;
}
