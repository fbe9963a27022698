function Resolve-FilePath {
    <#
    .SYNOPSIS
        The file system path that a PowerShell path means: relative to the location, drives and ~ included. The
        file need not exist.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    $provider = $null
    $drive = $null
    $resolved = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive)
    if ($provider.Name -ne 'FileSystem') {
        throw (New-ExRunException -Name 'InvalidArgument' -Target $Path -Message (
            '{0} is a path of the {1} provider, not a file; for a certificate of a store use -Certificate (Get-Item {0})' -f $Path, $provider.Name))
    }
    return $resolved
}
