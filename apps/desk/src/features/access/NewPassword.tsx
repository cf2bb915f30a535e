import type { Language } from "@linija/server/contract/api";
import { Button, SegmentedControl } from "@mantine/core";
import { useEffect } from "react";
import { Mark } from "../../app/Mark.tsx";
import { languageNames, languages, showLanguage, useT } from "../../i18n/intl.tsx";
import { api, headers } from "../../shared/api.ts";
import { PasswordForm } from "./PasswordForm.tsx";
import { leave, useMe } from "./session.ts";
import css from "./access.module.css";

/** All that opens while somebody else knows the password. */
export function NewPassword() {
  const t = useT();
  const me = useMe();
  useEffect(() => { document.title = "Linija"; performance.mark("desk:interactive"); }, []);
  // The language chosen here could not be kept before; it is the first thing that may be.
  const keepLanguage = () => {
    if (headers.language !== me.language) setTimeout(() => void api("setMyLanguage", { body: { language: headers.language as Language } }).catch(() => undefined));
  };
  return (
    <main className={css.signIn}>
      <div className={css.signInBox}>
        <div className="row"><Mark size={34} /><span className={css.brand}>Linija</span></div>
        <div className={css.why}><h1>{t("password.mustTitle")}</h1><p className="dim">{t("password.mustWhy", { name: me.name })}</p></div>
        <PasswordForm given size="sm" onDone={keepLanguage} beside={<Button size="sm" variant="subtle" onClick={() => void leave()}>{t("me.signOut")}</Button>} />
        <SegmentedControl size="xs" fullWidth aria-label={t("settings.language")} value={headers.language} data={languages.map((value) => ({ value, label: languageNames[value] }))} onChange={(value) => showLanguage(value as Language)} />
      </div>
    </main>
  );
}
