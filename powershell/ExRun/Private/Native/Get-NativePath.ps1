function Get-NativePath {
    <#
    .SYNOPSIS
        The absolute path of the native library for this process.
    .DESCRIPTION
        $env:EXRUN_LIBRARY names it; else it lies in runtimes/<rid>/native beside the module. The rid follows the
        process, not the machine.
    #>
    [CmdletBinding()]
    param()

    $named = $env:EXRUN_LIBRARY
    if ($named) {
        $path = [System.IO.Path]::GetFullPath($named)
        if ([System.IO.File]::Exists($path)) { return $path }
        Stop-Attempt (New-ExRunException -Name 'LibraryMissing' -Target $path -Message (
            'there is no native library at {0}, which the environment variable EXRUN_LIBRARY names; correct it, or remove it to use the library beside the module' -f $path))
    }

    if ([System.IntPtr]::Size -ne 8) {
        Stop-Attempt (New-ExRunException -Name 'LibraryMissing' -Message (
            'ExRun needs a 64-bit process, this one has 32 bits; start the 64-bit PowerShell'))
    }

    $rid, $file = Get-RuntimeId
    if ($rid -like 'linux-musl-*') {
        Stop-Attempt (New-ExRunException -Name 'LibraryMissing' -Message (
            'ExRun has no native library for musl ({0}); use a system with glibc, or build the library and name it in the environment variable EXRUN_LIBRARY' -f $rid))
    }
    $path = [System.IO.Path]::Combine([string[]] @($script:ModuleRoot, 'runtimes', $rid, 'native', $file))
    if ([System.IO.File]::Exists($path)) { return $path }
    Stop-Attempt (New-ExRunException -Name 'LibraryMissing' -Target $path -Message (
        'there is no native library at {0}; install the module again, or name the library for {1} in the environment variable EXRUN_LIBRARY' -f $path, $rid))
}
