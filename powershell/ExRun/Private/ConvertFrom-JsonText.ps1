function ConvertFrom-JsonText {
    <#
    .SYNOPSIS
        What JSON text of a parameter holds. Throws what is wrong with it, which $Error has not noted yet.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text,
        # What begins the error, such as "the body is".
        [Parameter(Mandatory = $true)] [string] $Subject,
        # What could be done about it.
        [Parameter(Mandatory = $true)] [string] $Advice
    )

    try {
        return , (Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $Text -ErrorAction Stop)
    } catch {
        Remove-CaughtError -Exception $_.Exception
        throw (New-ExRunException -Name 'InvalidArgument' -Message ('{0} text, and not JSON: {1}; {2}' -f $Subject, $_.Exception.Message, $Advice))
    }
}
