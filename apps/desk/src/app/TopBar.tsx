import { ActionIcon, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSearch, IconSettings, IconSun } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { hasRole, leave, useMe } from "../features/access/session.ts";
import { LiveLine } from "../features/line/LiveLine.tsx";
import { StateMenu } from "../features/line/StateMenu.tsx";
import { languageNames, languages, showLanguage, useT } from "../i18n/intl.tsx";
import { api, headers } from "../shared/api.ts";
import { keysOf } from "../shared/keys.ts";
import { Keys } from "../shared/parts.tsx";
import { refresh } from "../shared/query.ts";
import { applyScheme, useSettings } from "../shared/settings.ts";
import { Mark } from "./Mark.tsx";
import css from "./shell.module.css";

export function TopBar({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const t = useT();
  const me = useMe();
  const onLine = hasRole(me, "operator");
  return (
    <header className={css.top}>
      <div className={css.mark}><Mark /></div>
      {onLine ? <StateMenu /> : <span className={css.company}>Linija</span>}
      {onLine && <LiveLine />}
      <div className="grow" />
      <UnstyledButton className={css.search} onClick={onSearch}>
        <IconSearch size={15} aria-hidden /><span className={css.searchText}>{t("bar.open")}</span><Keys combo={keysOf("palette")[0] ?? ""} />
      </UnstyledButton>
      <Tooltip label={t("keys.title")}><ActionIcon data-help aria-label={t("keys.title")} onClick={onHelp}><IconKeyboard size={18} /></ActionIcon></Tooltip>
      <MyMenu />
    </header>
  );
}

const schemes = [["light", IconSun], ["dark", IconMoon], ["auto", IconDeviceDesktop]] as const;

function MyMenu() {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const { scheme } = useSettings();
  const initials = me.name.split(/\s+/).slice(0, 2).map((part) => part[0]).join("");
  const choose = async (language: (typeof languages)[number]) => {
    showLanguage(language);
    await api("setMyLanguage", { body: { language } }).catch(() => undefined);
    refresh(["getMe", "ticketTypes", "getTicket", "getFloor", "getLine", "listCalls"]);
  };
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target><UnstyledButton className={css.me}>{initials}<span className="visually-hidden">{t("me.menu", { name: me.name })}</span></UnstyledButton></Menu.Target>
      <Menu.Dropdown>
        <div className={css.meName}><div className="strong cut">{me.name}</div><div className="dim small cut">{me.roles.map((role) => t(`role.${role}`)).join(", ")}</div></div>
        <Menu.Divider />
        <Menu.Label>{t("settings.language")}</Menu.Label>
        {languages.map((language) => <Menu.Item key={language} lang={language} aria-current={headers.language === language} onClick={() => void choose(language)} fw={headers.language === language ? 650 : undefined}>{languageNames[language]}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Label>{t("settings.scheme")}</Menu.Label>
        {schemes.map(([value, Icon]) => <Menu.Item key={value} leftSection={<Icon size={15} />} fw={scheme === value ? 650 : undefined} aria-current={scheme === value} onClick={() => applyScheme(value)}>{t(`settings.scheme.${value}`)}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Item leftSection={<IconSettings size={15} />} onClick={() => void navigate({ to: "/settings" })}>{t("nav.settings")}</Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>{t("me.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
