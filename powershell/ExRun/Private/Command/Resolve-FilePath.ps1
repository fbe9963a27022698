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
    # Asked in the caller's scope, where a drive of a function or of a script's own is known as well.
    $state = $Cmdlet.SessionState
    $resolve = [scriptblock]::Create('$args[0].Path.GetUnresolvedProviderPathFromPSPath($args[1], $args[2], $args[3])')
    $provider = [ref] $null
    $drive = [ref] $null
    $attempt = Invoke-Attempt { $state.InvokeCommand.InvokeScript($state, $resolve, @($state, $Path, $provider, $drive)) }
    if ($null -ne $attempt.Failure) {
        throw (New-ExRunException -Name 'File' -Target $Path -Message ('{0}: {1}' -f $Path, $attempt.Failure.GetBaseException().Message))
    }
    $resolved = [string] ($attempt.Value | Microsoft.PowerShell.Utility\Select-Object -Last 1)
    if ($provider.Value.Name -ne 'FileSystem') {
        $advice = if ($provider.Value.Name -eq 'Certificate') { '; for a certificate of a store use -Certificate (Get-Item {0})' -f $Path }
        throw (New-ExRunException -Name 'InvalidArgument' -Target $Path -Message (
            '{0} is a path of the {1} provider, not a file; give a path with its drive, or Set-Location to a folder{2}' -f $Path, $provider.Value.Name, $advice))
    }
    return $resolved
}
