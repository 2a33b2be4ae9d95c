/** Constructed, not written into the page: the site's content security policy needs no exception for us. */

export const STYLE = `
:host{all:initial;font:16px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;color-scheme:light dark}
button{all:unset;box-sizing:border-box;cursor:pointer;display:inline-flex;align-items:center;justify-content:center;gap:8px;min-width:44px;min-height:44px}
button:focus-visible{outline:3px solid #FFB300;outline-offset:2px;box-shadow:0 0 0 2px #1B1F24}
.open{position:fixed;z-index:2147483000;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));padding:8px 20px;border-radius:28px;background:#0B5FFF;color:#FFF;font-weight:600;box-shadow:0 4px 16px rgb(13 17 23/.3)}
.open:hover{background:#0848C7}
.panel{position:fixed;z-index:2147483000;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));width:min(400px,calc(100vw - 32px));height:min(680px,calc(100dvh - 32px));display:flex;flex-direction:column;overflow:hidden;border:1px solid #8A939E;border-radius:16px;background:#F5F6F8;color:#1B1F24;box-shadow:0 8px 32px rgb(13 17 23/.35)}
[hidden]{display:none!important}
.close{align-self:flex-end;padding:0 16px}
iframe{flex:1;width:100%;border:0}
@media(max-width:480px){.panel{inset:0;width:auto;height:auto;border:0;border-radius:0}}
@media(prefers-color-scheme:dark){.panel{background:#0D1117;color:#E6EDF3}}
@media(forced-colors:active){.open,.close{border:2px solid ButtonText}}`;
