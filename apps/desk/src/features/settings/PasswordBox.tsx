import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { say } from "../../shared/toast.tsx";
import { PasswordForm } from "../access/PasswordForm.tsx";
import css from "./settings.module.css";

export function PasswordBox() {
  const t = useT();
  const [open, setOpen] = useState(false);
  const done = () => { setOpen(false); say(t("password.changed")); };
  return (
    <section className={`panel ${css.box}`}>
      <div className={css.line}><span>{t("signIn.password")}</span><Button variant="default" onClick={() => setOpen(true)}>{t("password.change")}</Button></div>
      <Modal opened={open} onClose={() => setOpen(false)} size={420} title={<b>{t("password.change")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
        <PasswordForm onDone={done} beside={<span className="dim small">{t("password.ends")}</span>} />
      </Modal>
    </section>
  );
}
