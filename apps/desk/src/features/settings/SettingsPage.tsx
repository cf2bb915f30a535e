import type { Language } from "@linija/server/contract/api";
import { Button, SegmentedControl, Switch } from "@mantine/core";
import { IconVolume } from "@tabler/icons-react";
import { languageNames, languages, showLanguage, useT } from "../../i18n/intl.tsx";
import { api, headers } from "../../shared/api.ts";
import { Page } from "../../shared/parts.tsx";
import { refresh } from "../../shared/query.ts";
import { applyScheme, setSettings, useSettings, type Settings } from "../../shared/settings.ts";
import { hasRole, useMe } from "../access/session.ts";
import { tryRing } from "../line/ring.ts";
import { KeyList } from "./KeyList.tsx";
import { PasswordBox } from "./PasswordBox.tsx";
import css from "./settings.module.css";

export function SettingsPage() {
  const t = useT();
  const me = useMe();
  const settings = useSettings();
  const choose = async (language: Language) => {
    showLanguage(language);
    await api("setMyLanguage", { body: { language } }).catch(() => undefined);
    refresh(["getMe", "ticketTypes"]);
  };
  return (
    <Page title={t("nav.settings")}>
      <section className={`panel ${css.box}`}>
        <div className={css.line}><span id="set-language">{t("settings.language")}</span><SegmentedControl size="xs" aria-labelledby="set-language" value={headers.language} onChange={(value) => void choose(value as Language)} data={languages.map((value) => ({ value, label: languageNames[value] }))} /></div>
        <div className={css.line}><span id="set-scheme">{t("settings.scheme")}</span><SegmentedControl size="xs" aria-labelledby="set-scheme" value={settings.scheme} onChange={(value) => applyScheme(value as Settings["scheme"])} data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: t(`settings.scheme.${value}`) }))} /></div>
      </section>
      {hasRole(me, "operator") && (
        <section className={`panel ${css.box}`}>
          <div className={css.line}><label htmlFor="set-ring">{t("settings.ring")}</label>
            <span className="row"><input id="set-ring" type="range" min={0} max={1} step={0.05} value={settings.ringVolume} onChange={(event) => setSettings({ ringVolume: Number(event.currentTarget.value) })} /><Button variant="default" leftSection={<IconVolume size={15} />} onClick={() => tryRing(settings.ringVolume)}>{t("settings.tryRing")}</Button></span></div>
          <div className={css.line}><label htmlFor="set-notices">{t("settings.notifications")}</label><Switch id="set-notices" size="sm" checked={settings.notifications} onChange={(event) => setSettings({ notifications: event.currentTarget.checked })} /></div>
        </section>
      )}
      <PasswordBox />
      <KeyList />
    </Page>
  );
}
