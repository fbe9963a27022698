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

    # Explorer's "Copy as path" and the properties of a file put a mark before the drive.
    $Path = Get-PastedText -Path -Text $Path
    $state = $Cmdlet.SessionState
    $places = [object[]] @($Path, $null, $null)
    $resolve = [System.Management.Automation.PathIntrinsics].GetMethod('GetUnresolvedProviderPathFromPSPath', [type[]] @(
            [string], [System.Management.Automation.ProviderInfo].MakeByRefType(), [System.Management.Automation.PSDriveInfo].MakeByRefType()))
    # Asked in the caller's scope, where a drive of a function or of a script's own is known as well.
    $resolved = Invoke-Method -Method $resolve -On $state.Path -Arguments $places -From $state
    if ($resolved -is [System.Exception]) {
        Stop-Attempt (New-ExRunException -Name 'File' -Target $Path -Message ('{0}: {1}' -f $Path, $resolved.GetBaseException().Message))
    }
    $provider = $places[1].Name
    if ($provider -ne 'FileSystem') {
        $advice = if ($provider -eq 'Certificate') { '; for a certificate of a store use -Certificate (Get-Item {0})' -f $Path }
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $Path -Message (
            '{0} is a path of the {1} provider, not a file; give a path with its drive, or Set-Location to a folder{2}' -f $Path, $provider, $advice))
    }
    return [string] $resolved
}
