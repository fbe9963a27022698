# Everything that binds the native library stands in this one file: it is the only place that declares native
# functions, which is what an administrator who reviews or signs the module has to look at.

$script:NativeAbiVersion = 1

# The functions of include/exrun.h with their parameter types, one a line.
# written: functions, by cargo xtask header
$script:NativeFunctions = @'
exrun_abi_version
exrun_version uint8_t**, int64_t*, int64_t*
exrun_open_handles uint8_t**, int64_t*, int64_t*
exrun_bytes_free uint8_t*
exrun_error_json int64_t, uint8_t**, int64_t*
exrun_error_free int64_t
exrun_secret_new const uint8_t*, int64_t, int64_t*, int64_t*
exrun_secret_read int64_t, uint8_t**, int64_t*, int64_t*
exrun_secret_free int64_t
exrun_client_new const uint8_t*, int64_t, int64_t*, int64_t*
exrun_client_free int64_t
exrun_operation_wait int64_t, int32_t, int64_t*
exrun_operation_take int64_t, uint8_t**, int64_t*, int64_t*
exrun_operation_events int64_t, uint8_t**, int64_t*, int64_t*
exrun_operation_cancel int64_t, int64_t*
exrun_operation_free int64_t
exrun_stream_push int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_stream_finish_input int64_t, int64_t*
exrun_stream_next int64_t, int32_t, int32_t, uint8_t**, int64_t*, int32_t*, int64_t*
exrun_stream_progress int64_t, uint8_t**, int64_t*, int64_t*
exrun_stream_events int64_t, uint8_t**, int64_t*, int64_t*
exrun_stream_cancel int64_t, int64_t*
exrun_stream_free int64_t
exrun_signature_request int64_t, uint8_t**, int64_t*, int64_t*
exrun_signature_provide int64_t, int64_t, const uint8_t*, int64_t, int64_t*
exrun_signature_decline int64_t, int64_t, int64_t*
exrun_assertion_create int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_audit_verify const uint8_t*, int64_t, int64_t*, int64_t*
exrun_certificate_create const uint8_t*, int64_t, int64_t*, int64_t*
exrun_certificate_read const uint8_t*, int64_t, int64_t*, int64_t*
exrun_certificate_convert const uint8_t*, int64_t, int64_t*, int64_t*
exrun_certificate_register int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_contact_sync_plan int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_event_sync_plan int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_graph_request int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_journal_merge const uint8_t*, int64_t, int64_t*, int64_t*
exrun_json_read const uint8_t*, int64_t, uint8_t**, int64_t*, int64_t*
exrun_mailbox_delta int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_items_report int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_requests int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_settings_apply int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_settings_get int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_settings_report int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_settings_update int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailbox_state_plan int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_mailboxes_count int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_messages_export int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_plan_apply int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_report_compare const uint8_t*, int64_t, int64_t*, int64_t*
exrun_tenant_id_get int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_token_acquire int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_token_decode const uint8_t*, int64_t, uint8_t**, int64_t*, int64_t*
exrun_token_cache_clear const uint8_t*, int64_t, int64_t*, int64_t*
exrun_vault_secret_get int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_vault_certificate_get int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_vault_key_get int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_vault_key_sign int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
exrun_vault_list int64_t, const uint8_t*, int64_t, int64_t*, int64_t*
'@
# end: functions

# The library as a type with one static method a function; bound at the first call of this runspace.
$script:Native = $null

function Get-Native {
    <#
    .SYNOPSIS
        The native library as a type whose static methods are its functions.
    .DESCRIPTION
        Finds and binds the library at the first call. The bound type is kept in the application domain under the
        library's path and the version of its interface, so that other runspaces and a repeated import use the same.
    #>
    [CmdletBinding()]
    param()

    if ($null -ne $script:Native) { return $script:Native }

    $path = Get-NativePath
    $key = 'ExRun.Native|{0}|{1}' -f $script:NativeAbiVersion, $path
    $script:Native = Get-ProcessValue -Name $key -Create {
        $type = New-NativeType -Path $path
        Copy-NativeEnvironment -Type $type
        Assert-NativeVersion -Type $type -Path $path
        $type
    }
    return $script:Native
}

function New-NativeType {
    <#
    .SYNOPSIS
        Declares the functions of the library at a path. Nothing is loaded before the first of them is called.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)

    $types = @{
        'int32_t'        = [int]
        'int64_t'        = [long]
        'int32_t*'       = [int].MakeByRefType()
        'int64_t*'       = [long].MakeByRefType()
        'const uint8_t*' = [byte[]]
        'uint8_t*'       = [System.IntPtr]
        'uint8_t**'      = [System.IntPtr].MakeByRefType()
    }

    $name = [System.Reflection.AssemblyName]::new('ExRun.Native')
    $assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, 'Run')
    $builder = $assembly.DefineDynamicModule('ExRun.Native').DefineType('ExRun.Native', 'Public,Class,Sealed,Abstract')
    foreach ($line in $script:NativeFunctions -split '\r?\n') {
        $function, $parameters = $line -split ' ', 2
        [type[]] $parameterTypes = @(if ($parameters) { foreach ($parameter in $parameters -split ', ') { $types[$parameter] } })
        $method = $builder.DefinePInvokeMethod($function, $Path, 'Public,Static,PinvokeImpl', 'Standard', [int],
            $parameterTypes, 'Cdecl', 'Ansi')
        $method.SetImplementationFlags('PreserveSig')
    }
    if ([System.IO.Path]::DirectorySeparatorChar -eq '/') {
        $library = if ($IsMacOS) { 'libSystem.dylib' } else { 'libc.so.6' }
        $method = $builder.DefinePInvokeMethod('setenv', $library, 'Public,Static,PinvokeImpl', 'Standard', [int],
            [type[]] @([string], [string], [int]), 'Cdecl', 'Ansi')
        $method.SetImplementationFlags('PreserveSig')
    }
    return $builder.CreateType()
}

function Copy-NativeEnvironment {
    <#
    .SYNOPSIS
        Lets the library see the variables that were set in this session.
    .DESCRIPTION
        Outside Windows .NET keeps an environment of its own: $env:HTTPS_PROXY = ... in a session would not reach a
        native library. Done once, before the library is loaded; what is set later counts from the next session on.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [type] $Type)

    if ([System.IO.Path]::DirectorySeparatorChar -ne '/') { return }
    $variables = [System.Environment]::GetEnvironmentVariables()
    foreach ($name in $variables.Keys) {
        if ($name -notmatch '^(EXRUN_\w+|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR))$') { continue }
        try { [void] $Type::setenv($name, $variables[$name], 1) } catch { return }
    }
}

function Assert-NativeVersion {
    <#
    .SYNOPSIS
        Loads the library by its first call, and throws unless it speaks the version of the interface that this
        module was written for.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [type] $Type,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    try {
        $version = $Type::exrun_abi_version()
    } catch {
        $cause = $_.Exception.GetBaseException().Message
        # What the loader of musl says is which symbol or file of glibc it has not found.
        $musl = if ((Get-RuntimeId)[0] -like 'linux-musl-*') { '; this system has musl, for which the library must be built: the one of the package needs glibc' }
        Stop-Attempt (New-ExRunException -Name 'LibraryUnusable' -Target $Path -Message (
            'loading the native library {0}: {1}; it must be the ExRun library for this system and a {2}-bit process{3}' -f
            $Path, $cause, (8 * [System.IntPtr]::Size), $musl))
    }
    if ($version -ne $script:NativeAbiVersion) {
        Stop-Attempt (New-ExRunException -Name 'LibraryVersion' -Target $Path -Message (
            'the native library {0} has interface version {1}, this module needs {2}; install module and library of the same release, and start a new session, since a loaded library cannot be replaced' -f
            $Path, $version, $script:NativeAbiVersion))
    }
}
