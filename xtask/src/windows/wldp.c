/* wldp.dll, which Wine does not have: PowerShell asks it whether a policy (App Control) locks the system down, and of each file
   whether the policy trusts it. Where EXRUN_LOCKDOWN names a folder, without its drive, there is a policy, and it trusts what
   lies in that folder, in PowerShell's own and in that of the modules beside it; without it there is none. */
#include <windows.h>
#include <wchar.h>

#define DEFINED 0x80000000u
#define ENFORCED 0x4u
#define ALLOWED 1
#define ONLY_CONSTRAINED 2

struct host {
    DWORD revision;
    DWORD id;
    const WCHAR *source;
    HANDLE file;
};

static BOOL is_locked_down(WCHAR *folder) {
    DWORD length = GetEnvironmentVariableW(L"EXRUN_LOCKDOWN", folder, MAX_PATH);
    return length > 0 && length < MAX_PATH;
}

static BOOL is_trusted(const WCHAR *name, WCHAR *folder) {
    WCHAR path[4 * MAX_PATH];
    if (wcslen(name) >= sizeof path / sizeof *path) {
        return FALSE;
    }
    _wcslwr(wcscpy(path, name));
    _wcslwr(folder);
    return wcsstr(path, folder) != NULL || wcsstr(path, L"\\pwsh\\") != NULL || wcsstr(path, L"\\modules\\") != NULL;
}

/* Without a source it is the whole system that is asked for. */
__declspec(dllexport) HRESULT WINAPI WldpGetLockdownPolicy(const struct host *host, DWORD *state, DWORD flags) {
    WCHAR folder[MAX_PATH];
    (void)flags;
    *state = DEFINED;
    if (is_locked_down(folder) && (host == NULL || host->source == NULL || !is_trusted(host->source, folder))) {
        *state |= ENFORCED;
    }
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI WldpCanExecuteFile(const GUID *host, DWORD options, HANDLE file, const WCHAR *information,
                                                        int *result) {
    WCHAR folder[MAX_PATH], path[4 * MAX_PATH];
    DWORD length = GetFinalPathNameByHandleW(file, path, sizeof path / sizeof *path, 0);
    (void)host;
    (void)options;
    (void)information;
    *result = ONLY_CONSTRAINED;
    if (length > 0 && length < sizeof path / sizeof *path && is_locked_down(folder) && is_trusted(path, folder)) {
        *result = ALLOWED;
    }
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI WldpIsClassInApprovedList(const CLSID *class, void *host, BOOL *approved, DWORD flags) {
    (void)class;
    (void)host;
    (void)flags;
    *approved = TRUE;
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI WldpQueryDeviceSecurityInformation(void *information, DWORD length, DWORD *needed) {
    (void)information;
    (void)length;
    *needed = 0;
    return S_OK;
}
