/* What the library needs of Windows and Wine 8 lacks, or does wrongly. The library under test is the one that users get: what is
   gone around here is gone around beside it.

   It takes the place of bcryptprimitives.dll, which Wine does not have and Rust's standard library asks for random bytes. Since
   that is before the first connection, the library's call of DecryptMessage is led here then. */
#define SECURITY_WIN32
#include <windows.h>
#include <ntsecapi.h>
#include <security.h>
#include <sspi.h>

typedef SECURITY_STATUS(SEC_ENTRY *Decrypt)(PCtxtHandle, PSecBufferDesc, ULONG, PULONG);
static Decrypt decrypt;

/* Of a message that has not come whole, Wine says how long all of it is, where Windows says how much is missing. Who waits for
   so much waits for ever: one byte is missing at least. */
static SECURITY_STATUS SEC_ENTRY decrypt_message(PCtxtHandle context, PSecBufferDesc message, ULONG sequence, PULONG quality) {
    SECURITY_STATUS status = decrypt(context, message, sequence, quality);
    if (status == SEC_E_INCOMPLETE_MESSAGE && message->cBuffers > 1 && message->pBuffers[1].BufferType == SECBUFFER_MISSING) {
        message->pBuffers[1].cbBuffer = 1;
    }
    return status;
}

/* Puts `function` in the place of the one of that name that the module has from another. Whether it was there. */
static BOOL replace(HMODULE module, const char *name, ULONG_PTR function, ULONG_PTR *old) {
    BYTE *base = (BYTE *)module;
    IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
    DWORD place = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    IMAGE_IMPORT_DESCRIPTOR *from = (IMAGE_IMPORT_DESCRIPTOR *)(base + place);
    for (; place != 0 && from->Name != 0; from++) {
        IMAGE_THUNK_DATA *names = (IMAGE_THUNK_DATA *)(base + from->OriginalFirstThunk);
        IMAGE_THUNK_DATA *places = (IMAGE_THUNK_DATA *)(base + from->FirstThunk);
        for (; names->u1.AddressOfData != 0; names++, places++) {
            DWORD before;
            if (IMAGE_SNAP_BY_ORDINAL(names->u1.Ordinal)
                || strcmp((char *)((IMAGE_IMPORT_BY_NAME *)(base + names->u1.AddressOfData))->Name, name) != 0) {
                continue;
            }
            *old = places->u1.Function;
            if (!VirtualProtect(places, sizeof *places, PAGE_READWRITE, &before)) {
                return FALSE;
            }
            places->u1.Function = function;
            return VirtualProtect(places, sizeof *places, before, &before);
        }
    }
    return FALSE;
}

static BOOL CALLBACK once(PINIT_ONCE one, void *module, void **context) {
    (void)one;
    (void)context;
    /* Without it the tests would hang: better that they end here. */
    if (!replace(module, "DecryptMessage", (ULONG_PTR)decrypt_message, (ULONG_PTR *)&decrypt)) {
        TerminateProcess(GetCurrentProcess(), 99);
    }
    return TRUE;
}

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T count) {
    static INIT_ONCE done = INIT_ONCE_STATIC_INIT;
    HMODULE library = GetModuleHandleA("exrun.dll");
    if (library != NULL) {
        InitOnceExecuteOnce(&done, once, library, NULL);
    }
    return RtlGenRandom(bytes, (ULONG)count);
}
