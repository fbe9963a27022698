//! Opens a URL in the person's browser.

use url::Url;

/// Whether a browser could be started. It is not waited for.
pub(super) async fn open(url: &Url) -> bool {
    // Without a screen the system's helper would start a browser in the terminal, under the script's feet.
    if cfg!(target_os = "linux") && !["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].iter().any(is_set) {
        return false;
    }
    let url = url.to_string();
    tokio::task::spawn_blocking(move || open::that_detached(url).is_ok()).await.unwrap_or(false)
}

fn is_set(name: &&str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
