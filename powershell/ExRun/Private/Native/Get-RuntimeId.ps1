function Get-RuntimeId {
    <#
    .SYNOPSIS
        The runtime identifier of this process, such as win-x64 or linux-arm64, and the library's file name there.
    #>
    [CmdletBinding()]
    param()

    # Windows PowerShell knows no $IsWindows, and there the older .NET Framework no ProcessArchitecture.
    if ([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        $architecture = if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') { 'arm64' } else { 'x64' }
        return "win-$architecture", 'exrun.dll'
    }
    $architecture = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString().ToLowerInvariant()
    if ($IsMacOS) { return "osx-$architecture", 'libexrun.dylib' }
    $isMusl = [string] [System.AppContext]::GetData('RUNTIME_IDENTIFIER') -match 'musl|alpine' -or
        [System.IO.File]::Exists('/etc/alpine-release')
    $system = if ($isMusl) { 'linux-musl' } else { 'linux' }
    return "$system-$architecture", 'libexrun.so'
}
