function Resolve-ExistingFile {
    <#
    .SYNOPSIS
        The file system path of a file that must be there; ends the command where it is not.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $resolved = Resolve-FilePath -Cmdlet $Cmdlet -Path $Path
        if ([System.IO.File]::Exists($resolved)) { return $resolved }
        Stop-Attempt (New-ExRunException -Name 'File' -Target $resolved -Message ('there is no file {0}' -f $resolved))
    }
}
