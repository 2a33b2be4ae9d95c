/**
 * The tokens as an antd theme, for the console. `algorithm` is the console's to choose
 * (theme.defaultAlgorithm / darkAlgorithm); the colours here are made for it.
 */
import tokens from "./tokens.json" with { type: "json" };

/** The part of antd's ThemeConfig that we set, without importing antd here. */
export interface AntdTheme {
  token: Record<string, string | number>;
  components: Record<string, Record<string, string | number>>;
}

export function antdTheme(mode: "light" | "dark"): AntdTheme {
  const c = tokens.colour[mode];
  return {
    token: {
      colorPrimary: c.primary,
      colorLink: c.primary,
      colorSuccess: c.success,
      colorWarning: c.warn,
      colorWarningBg: c["warn-soft"],
      colorError: c.danger,
      colorErrorBg: c["danger-soft"],
      colorText: c.text,
      colorTextSecondary: c.muted,
      colorTextTertiary: c.muted,
      colorTextDescription: c.muted,
      colorTextPlaceholder: c.muted,
      colorBgLayout: c.bg,
      colorBgContainer: c.card,
      colorBgElevated: c.card,
      colorBorder: c["line-strong"],
      colorBorderSecondary: c.line,
      colorTextLightSolid: c["on-primary"],
      fontFamily: tokens.font.family,
      fontSize: 14,
      borderRadius: tokens.radius.small,
      borderRadiusLG: tokens.radius.medium,
      controlOutlineWidth: 3,
      controlOutline: c.focus,
      motionDurationMid: `${tokens.motion.quick / 1000}s`,
      motionDurationSlow: `${tokens.motion.slow / 1000}s`,
    },
    components: {
      Layout: { headerBg: c.card, siderBg: c.card, bodyBg: c.bg },
      Table: { headerBg: c.sunken, headerColor: c.text },
    },
  };
}
